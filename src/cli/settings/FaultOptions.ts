/** The values of `--damage` and `--faults`. */
import * as Either from "effect/Either"
import { maxSequenceNumber } from "../../protocol/classic/ClassicFrame.ts"
import type { Which } from "../../protocol/classic/Damage.ts"
import { nearest } from "../../protocol/NearestName.ts"
import type * as Faults from "../../testing/Faults.ts"
import { parseDuration } from "../text/Format.ts"

const damageForms = `must be first, every:N, list:2,5,9 or rate:5%`

/** Reads `first`, `every:3`, `list:2,5,9`, `rate:5%`. */
export const parseDamage = (text: string): Either.Either<Which, string> => {
  const [form = "", ...rest] = text.split(":")
  const value = rest.join(":")
  const numbers = value.split(",").map(sequenceNumber)
  const [number] = numbers
  const rate = parseShare(value)
  if (text === "first") return Either.right({ list: [1] })
  if (form === "every" && numbers.length === 1 && number !== undefined) return Either.right({ every: number })
  if (form === "list" && numbers.every((one) => one !== undefined)) return Either.right({ list: numbers })
  if (form === "rate" && rate !== undefined) return Either.right({ rate })
  return Either.left(damageForms)
}

const sequenceNumber = (text: string): number | undefined => {
  const number = /^\d{1,8}$/.test(text) ? Number(text) : 0
  return number >= 1 && number <= maxSequenceNumber ? number : undefined
}

/** `5%`, `0.5%` or `0.05` as a number from 0 to 1. */
const parseShare = (text: string): number | undefined => {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text)
  const share = Number(match?.[1] ?? Number.NaN) / (match?.[2] === "%" ? 100 : 1)
  return share <= 1 ? share : undefined
}

const shares = ["loss", "duplicate", "reorder", "damage", "cut"] as const
const faultNames = [...shares, "delay", "seed"]

/** Reads `loss=5%,duplicate=1%,reorder=2%,damage=1%,cut=1%,delay=20ms,seed=7`, each part at most once. */
export const parseFaults = (text: string): Either.Either<Faults.Options, string> => {
  let options: Faults.Options = { seed: 1 }
  const seen = new Set<string>()
  for (const part of text.split(",")) {
    const [name = "", value = ""] = part.split(/=(.*)/s, 2)
    const share = shares.find((candidate) => candidate === name)
    const read = share !== undefined
      ? fault(share, parseShare(value))
      : name === "delay"
      ? fault("delayMillis", parseDelay(value))
      : name === "seed"
      ? fault("seed", /^\d{1,9}$/.test(value) ? Number(value) : undefined)
      : undefined
    if (read === undefined || seen.has(name)) return Either.left(faultForms(name, seen))
    seen.add(name)
    options = { ...options, ...read }
  }
  return Either.right(options)
}

const fault = (name: string, value: number | undefined): Partial<Faults.Options> | undefined =>
  value === undefined ? undefined : { [name]: value }

const parseDelay = (text: string): number | undefined => {
  const millis = parseDuration(text)
  return millis !== undefined && millis <= 60_000 ? millis : undefined
}

const faultForms = (name: string, seen: ReadonlySet<string>): string => {
  const near = nearest(name, faultNames)
  const forms = "must be like loss=5%,duplicate=1%,reorder=2%,damage=1%,cut=1%,delay=20ms,seed=7"
  if (seen.has(name)) return `${forms}, each once`
  return near === undefined || near === name ? forms : `${forms} (did you mean ${near}?)`
}
