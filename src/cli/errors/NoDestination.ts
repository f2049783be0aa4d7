/** The hint of `send` without `--to`: often the first or the last of its files is meant to be the host. */
import * as Either from "effect/Either"
import { existsSync } from "node:fs"
import { fromHome } from "../settings/Folders.ts"
import { missing, variableOf } from "../settings/Setting.ts"
import { settings } from "../settings/Settings.ts"
import type { Given } from "../settings/Sources.ts"
import { operandOf, quoted } from "../text/Format.ts"
import type { Failure } from "./Failure.ts"
import { usage } from "./Failure.ts"

type Exists = (path: string) => boolean

/** The failure, with the command as its hint if it is that of a missing `--to`. @effect/cli keeps only its words. */
export const explained = (failure: Failure, given: ReadonlyArray<Given>, exists: Exists = existsSync): Failure =>
  failure.message === missing(settings.to).message
    ? usage(failure.message, hintFor(given, exists) ?? failure.hint)
    : failure

/** Undefined when the command line has nothing to send. */
const hintFor = (given: ReadonlyArray<Given>, exists: Exists): string | undefined => {
  const items = given.filter((item) => item._tag === "Operand" || item.name === settings.text.name)
  if (items.length === 0) return undefined
  const isAlone = items.length === 1
  const operands = given.filter((item) => item._tag === "Operand")
  const [first, last] = [operands.at(0), operands.at(-1)]
  const isMeant = (item: Given | undefined, mayBeFile: boolean): boolean =>
    item !== undefined && !exists(fromHome(item.text)) && isHost(item.text, mayBeFile)
  const host = isMeant(first, isAlone) ? first : isMeant(last, true) ? last : undefined
  if (host === undefined) return `set ${variableOf(settings.to)}, or write ${sending("HOST", given)}`
  return `write ${sending(host.text, given.filter((item) => item !== host))}${isAlone ? " FILE" : ""}`
}

const sending = (host: string, given: ReadonlyArray<Given>): string =>
  ["holub", "send", "--to", host, ...given.map(argumentOf)].map(quoted).join(" ")

const argumentOf = (item: Given): string => item._tag === "Flag" ? item.argument : operandOf(item.text)

/** A name with a dot is rather a file that does not exist, where a file may stand. */
const isHost = (word: string, mayBeFile: boolean): boolean => {
  const host = Either.match(settings.to.parse(word), { onLeft: () => "", onRight: (address) => address.host })
  if (host.includes(":") || ipv4.test(host) || host.toLowerCase() === "localhost") return true
  return hostName.test(host) && (word.includes(":") || (host.includes(".") && !mayBeFile))
}

const ipv4 = /^\d{1,3}(?:\.\d{1,3}){3}$/
const hostName = /^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.?$/u
