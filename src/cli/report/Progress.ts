/** The progress line: the current messages with their progress, rate and remaining time. */
import * as Format from "../text/Format.ts"
import { cut, shortened, widthOf } from "../text/Width.ts"
import type { Underway } from "./Report.ts"

/** The time without a byte after which progress reports a stall, in milliseconds. */
const stallMillis = 2000
/** Columns of the bar, including its brackets. */
const bar = { least: 8, most: 32 } as const
/** The minimum columns of a name; below it the bar is omitted. */
const leastName = 16

export interface Measured {
  readonly bytes: number
  readonly bitsPerSecond: number
  /** Milliseconds since the last change of the byte count. */
  readonly stalledMillis: number
}

/** Measures the rate over the last seconds, and the time without progress. */
export class Meter {
  readonly #windowMillis: number
  #samples: Array<{ readonly at: number; readonly bytes: number }> = []
  #movedAt = 0
  #lead = ""

  constructor(windowMillis: number) {
    this.#windowMillis = windowMillis
  }

  measure(messages: ReadonlyArray<Underway>, now: number): Measured {
    const bytes = messages.reduce((sum, message) => sum + message.bytes(), 0)
    const lead = messages.map(({ id }) => id).join()
    // A message that is sent again, to a server that was restarted, begins with fewer bytes.
    if (lead !== this.#lead || bytes < (this.#samples.at(-1)?.bytes ?? 0)) this.#samples = []
    this.#lead = lead
    if (this.#samples.at(-1)?.bytes !== bytes) this.#movedAt = now
    this.#samples.push({ at: now, bytes })
    this.#samples = this.#samples.filter(({ at }) => now - at <= this.#windowMillis)
    const first = this.#samples[0]
    const bitsPerSecond = first === undefined ? 0 : Format.bitRate(bytes - first.bytes, now - first.at)
    return { bytes, bitsPerSecond, stalledMillis: now - this.#movedAt }
  }
}

/** One line without a bar, of any length. */
export const line = (messages: ReadonlyArray<Underway>, measured: Measured): string => {
  const { facts, lead } = read(messages, measured)
  return [lead, ...facts].join("  ")
}

/** One line with a bar, of at most `columns` columns. */
export const lineWithin = (messages: ReadonlyArray<Underway>, measured: Measured, columns: number): string => {
  const { facts, lead, share } = read(messages, measured)
  const behind = fitting(facts, columns - Math.min(widthOf(lead), leastName))
  const room = columns - widthOf(behind)
  if (share === undefined) return cut(shortened(lead, Math.max(leastName, room)) + behind, columns)
  const name = shortened(lead, Math.max(leastName, room - 2 - bar.least))
  const left = Math.min(bar.most, room - widthOf(name) - 2)
  if (left >= bar.least) return `${name}  ${barOf(share, left)}${behind}`
  return cut(shortened(lead, Math.max(leastName, room)) + behind, columns)
}

const escape = "\u001b"

/** What removes a line that was drawn. A terminal that has become narrower since then shows it in several rows. */
export const erasing = (drawn: string, columns: number): string => {
  const above = Math.ceil(widthOf(drawn) / columns) - 1
  return above > 0 ? `${escape}[${above}A\r${escape}[J` : `\r${escape}[2K`
}

/** Matches every text of {@link erasing}. */
export const erasure = new RegExp(`(?:${escape}\\[\\d+A)?\r${escape}\\[(?:2K|J)`)

/** The first facts, as many as fit. */
const fitting = (facts: ReadonlyArray<string>, columns: number): string =>
  facts.reduce((shown, fact) => {
    const longer = `${shown}  ${fact}`
    return widthOf(longer) <= columns ? longer : shown
  }, "")

const barOf = (share: number, columns: number): string => {
  const inside = columns - 2
  const full = Math.floor(share * inside)
  return `[${"#".repeat(full)}${"-".repeat(inside - full)}]`
}

interface Reading {
  /** The activity and its object. */
  readonly lead: string
  /** From 0 to 1; undefined if it is not known. */
  readonly share: number | undefined
  readonly facts: ReadonlyArray<string>
}

const read = (messages: ReadonlyArray<Underway>, measured: Measured): Reading => {
  const [message] = messages
  if (message === undefined || messages.length > 1) {
    const facts = [Format.size(measured.bytes), stallOf("data", measured) ?? Format.rate(measured.bitsPerSecond)]
    return { lead: `${message?.verb ?? "moving"} ${messages.length} messages`, share: undefined, facts }
  }
  const label = Format.harmless(message.label)
  const stallOfAnswer = stallOf("answer", measured)
  const awaited = message.verb === "connecting" ? label : message.awaits?.()
  if (awaited !== undefined) {
    return {
      lead: `connecting to ${awaited}`,
      share: undefined,
      facts: stallOfAnswer === undefined ? [] : [stallOfAnswer]
    }
  }
  const { place, repeats, size } = message
  const isVerifying = message.isVerifying?.() === true
  const bytes = isVerifying && size !== undefined ? size : measured.bytes
  const share = size === undefined ? undefined : shareOf(message, bytes, size)
  const about = message.isEstimate === true ? "~" : ""
  const repeated = repeats?.() ?? 0
  return {
    lead: `${isVerifying ? "verifying" : message.verb} ${label}`,
    share,
    facts: [
      ...(share === undefined ? [] : [`${about}${Math.floor(100 * share)} %`]),
      size === undefined ? Format.size(bytes) : amountOf(bytes, Math.max(size, bytes), about),
      ...(isVerifying ? (stallOfAnswer === undefined ? [] : [stallOfAnswer]) : paceOf(message, bytes, measured)),
      ...(place === undefined || place.of < 2 ? [] : [`${place.number}/${place.of}`]),
      ...(repeated === 0 ? [] : [`${repeated} repeated`])
    ]
  }
}

/** The transferred share of a message; at most 0.99 for an estimated size. */
const shareOf = ({ isEstimate }: Underway, bytes: number, size: number): number => {
  const share = size === 0 ? 1 : Math.min(1, bytes / size)
  return isEstimate === true ? Math.min(0.99, share) : share
}

/** `244.1 of 976.6 KiB`, `1.0 KiB of 2.0 MiB`. */
const amountOf = (bytes: number, size: number, about: string): string => {
  const [done = "", unit] = Format.size(bytes).split(" ")
  const whole = Format.size(size)
  return `${whole.endsWith(` ${unit}`) ? done : `${done} ${unit}`} of ${about}${whole}`
}

const paceOf = ({ isEstimate, size }: Underway, bytes: number, measured: Measured): ReadonlyArray<string> => {
  const stall = stallOf("data", measured)
  if (stall !== undefined) return [stall]
  const rate = Format.rate(measured.bitsPerSecond)
  if (size === undefined || measured.bitsPerSecond === 0) return [rate]
  const seconds = Math.ceil(Math.max(0, size - bytes) * 8 / measured.bitsPerSecond)
  const left = seconds < 10 ? `${seconds} s` : Format.duration(seconds * 1000)
  return [rate, `${isEstimate === true ? "~" : ""}${left} left`]
}

const stallOf = (what: string, { stalledMillis }: Measured): string | undefined =>
  stalledMillis >= stallMillis ? `no ${what} for ${Math.floor(stalledMillis / 1000)} s` : undefined
