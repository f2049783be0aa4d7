/** The hint of `send` without `--to`: often the first or the last of its files is meant to be the host. */
import * as Either from "effect/Either"
import { existsSync } from "node:fs"
import { fromHome } from "../../node/Folders.ts"
import { missing, variableOf } from "../settings/Setting.ts"
import { settings } from "../settings/Settings.ts"
import type { Given } from "../settings/Sources.ts"
import { operandOf, quoted } from "../text/Format.ts"
import type { Failure } from "./Failure.ts"
import { usage } from "./Failure.ts"

export type Exists = (path: string) => boolean

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
  const found = destinationIn(operands.map(({ text }) => text), isAlone, exists)
  if (found === undefined) return `set ${variableOf(settings.to)}, or write: ${sending("HOST", given)}`
  const others = given.filter((item) => item !== operands[found.index])
  return `write: ${sending(found.address, others)}${isAlone ? " FILE" : ""}`
}

const sending = (address: string, given: ReadonlyArray<Given>): string =>
  ["holub", "send", "--to", address, ...given.map(argumentOf)].map(quoted).join(" ")

const argumentOf = (item: Given): string => item._tag === "Flag" ? item.argument : operandOf(item.text)

export interface Destination {
  /** The value of `--to`. */
  readonly address: string
  /** The place of the word that names it. */
  readonly index: number
}

/** The operand of `send` that is meant to be the host: the first or the last one. `isAlone`: nothing else is sent. */
export const destinationIn = (
  operands: ReadonlyArray<string>,
  isAlone: boolean,
  exists: Exists
): Destination | undefined => {
  const isFile = (word: string | undefined): boolean => word !== undefined && exists(fromHome(word))
  const ends = [...new Set([0, operands.length - 1])].flatMap((index) => {
    const word = operands[index]
    const address = word === undefined || isFile(word) ? undefined : addressOf(word)
    return word === undefined || address === undefined ? [] : [{ address, index, word }]
  })
  const areOthersFiles = (one: number): boolean => operands.every((word, index) => index === one || isFile(word))
  return ends.find(({ word }) => isSurelyHost(word)) ??
    // A name with a dot is rather a file that does not exist, where a file may stand.
    ends.find(({ index, word }) => index === 0 && !isAlone && word.includes(".")) ??
    ends.find(({ index, word }) => !isAlone && !word.includes(".") && areOthersFiles(index))
}

/** The address in a word, also in one of scp, rsync or a URL: `user@host:path`, `host::module`, `udp://host:4040/path`. */
export const addressOf = (word: string): string | undefined =>
  [word, word.replace(url, "$1").replace(user, "").replace(remotePath, "$1")].find((text) =>
    // 0.0.0.0 is no destination, but an address at which a server listens.
    text.startsWith(everywhere) || Either.match(settings.to.parse(text), {
      onLeft: () => false,
      onRight: ({ host }) => host.includes(":") || hostName.test(host)
    })
  )

/** Whether a word that has an address is no name of a file, by its port, its user, or its form. */
export const isSurelyHost = (word: string): boolean =>
  /[:@]/.test(word) || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(word) || word.toLowerCase() === "localhost"

const everywhere = "0.0.0.0"
const url = /^[a-z][a-z\d+.-]*:\/\/([^/]*).*$/i
/** A key before the address is no user: an address without it would not be the same. */
const user = /^(?!h[ks]1)[^@/\s]+@/i
const remotePath = /^(\[[^\]]+\]|[^:/\\]{2,}):(?!\d+$).*$/
const hostName = /^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.?$/u
