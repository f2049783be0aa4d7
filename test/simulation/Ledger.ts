/**
 * What was sent, what has arrived, what was reported: the promises of the program, checked after every event. It sees
 * applications and disks, never frames.
 */
import type { Disk } from "./Disk.ts"
import { isPart } from "./Disk.ts"
import type { MessageScript, Script } from "./Script.ts"

/** A promise that was broken. */
export class Violation extends Error {
  readonly rule: string

  constructor(rule: string, detail: string) {
    super(`${rule}: ${detail}`)
    this.rule = rule
  }
}

export type Outcome = "confirmed" | "unconfirmed" | "declined" | "lost" | "ended" | "unreachable" | "gone"

/** One message, from its sender's application to its receiver's. */
export interface Sent {
  readonly client: number
  readonly index: number
  readonly kind: "text" | "file"
  readonly name: string
  readonly content: Uint8Array
  isAnnounced: boolean
  /** How often its receiver has taken it. */
  arrivals: number
  /** Whether its receiver has said no. */
  isRefused: boolean
  /** Whether its receiver was another one in between: the server crashed, or the client's address changed. */
  changedReceiver: boolean
  outcome: Outcome | undefined
}

/** A message as it arrives: which ones it can be still. */
export interface Arrival {
  readonly client: number
  readonly kind: "text" | "file"
  readonly name: string
  bytes: number
  candidates: ReadonlyArray<Sent>
}

export const nameOf = (client: number, index: number, nameBytes = 0): string =>
  `c${client}m${index}${"-".repeat(nameBytes)}.bin`

/** Bytes that differ from message to message and from place to place; texts are ASCII. */
export const contentOf = (client: number, index: number, message: MessageScript): Uint8Array => {
  const bytes = new Uint8Array(message.bytes)
  let state = Math.imul(client + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)
  for (let at = 0; at < bytes.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    bytes[at] = message.kind === "text" ? 0x20 + ((state >>> 16) % 95) : state >>> 16
  }
  return bytes
}

export class Ledger {
  readonly sent: ReadonlyArray<ReadonlyArray<Sent>>
  readonly #byName = new Map<string, Sent>()

  /** Whether the server may decline what it has not looked at, because it stops. */
  readonly #drains: boolean
  /** Whether it may even decline what it has: a sender that stood still asks like an idle one (docs/PROTOCOL.md §6). */
  readonly #drainsPaused: boolean

  constructor(script: Script) {
    this.#drains = script.server.drainAtMillis !== undefined
    this.#drainsPaused = this.#drains && script.faults.some((fault) => "pause" in fault)
    this.sent = script.clients.map((client, number) =>
      client.messages.map((message, index) => ({
        client: number,
        index,
        kind: message.kind,
        name: message.kind === "file" ? nameOf(number, index, message.nameBytes) : "",
        content: contentOf(number, index, message),
        isAnnounced: false,
        arrivals: 0,
        isRefused: false,
        changedReceiver: false,
        outcome: undefined
      }))
    )
    for (const message of this.sent.flat()) if (message.kind === "file") this.#byName.set(message.name, message)
  }

  announced(client: number, index: number): Sent {
    const message = this.sent[client]?.[index]
    if (message === undefined) throw new Error(`client ${client} has no message ${index}`)
    message.isAnnounced = true
    return message
  }

  opened(client: number, kind: "text" | "file", name: string): Arrival {
    const candidates = (this.sent[client] ?? []).filter((one) =>
      one.isAnnounced && one.kind === kind && one.name === name
    )
    if (candidates.length === 0) throw new Violation("prefix", `client ${client} never sent a ${kind} named "${name}"`)
    return { client, kind, name, bytes: 0, candidates }
  }

  block(arrival: Arrival, bytes: Uint8Array): void {
    const from = arrival.bytes
    arrival.bytes += bytes.length
    arrival.candidates = arrival.candidates.filter(({ content }) =>
      isSame(content.subarray(from, from + bytes.length), bytes)
    )
    if (arrival.candidates.length > 0) return
    throw new Violation("prefix", `${describe(arrival)}: bytes ${from} to ${arrival.bytes} are not what was sent`)
  }

  /** All of it has come, says the core. */
  completed(arrival: Arrival): void {
    arrival.candidates = arrival.candidates.filter(({ content }) => content.length === arrival.bytes)
    if (arrival.candidates.length > 0) return
    throw new Violation("prefix", `${describe(arrival)}: it ends after ${arrival.bytes} bytes, its source does not`)
  }

  /** The application has it, for good. */
  taken(arrival: Arrival): void {
    // Of equal messages it is the one that its sender waits for.
    const { candidates } = arrival
    const message = candidates.find(({ outcome }) => outcome === undefined) ??
      candidates.find(({ arrivals }) => arrivals === 0) ?? candidates[0]
    if (message === undefined) throw new Violation("prefix", `${describe(arrival)} is nothing that was sent`)
    if (message.arrivals++ > 0) throw new Violation("exactly once", `${describe(arrival)} was delivered twice`)
  }

  refused(arrival: Arrival): void {
    for (const message of arrival.candidates) message.isRefused = true
  }

  serverCrashed(disk: Disk): void {
    for (const client of this.sent.keys()) this.receiverChanged(client)
    this.checkDisk(disk)
  }

  receiverChanged(client: number): void {
    for (const message of this.sent[client] ?? []) {
      if (message.isAnnounced && message.outcome === undefined) message.changedReceiver = true
    }
  }

  /** The sender's application hears how it ended. */
  reported(message: Sent, outcome: Outcome): void {
    message.outcome = outcome
    const what = `message ${message.index} of client ${message.client}`
    const isDelivered = message.arrivals > 0
    if (outcome === "confirmed" && !isDelivered) throw new Violation("no false success", `${what} has not arrived`)
    if (outcome === "unconfirmed" && !isDelivered && !message.changedReceiver) {
      throw new Violation("no false success", `${what} has not arrived, unconfirmed or not`)
    }
    if (outcome === "declined" && isDelivered && !this.#drainsPaused) {
      throw new Violation("no false failure", `${what} was declined and arrived`)
    }
    if (outcome === "declined" && !message.isRefused && !message.changedReceiver && !this.#drains) {
      throw new Violation("no false failure", `${what} was refused by nobody`)
    }
  }

  /** No file is there but what was sent, whole; and all that was reported as delivered. */
  checkDisk(disk: Disk): void {
    for (const [name, { bytes }] of disk.names) {
      if (isPart(name)) continue
      const source = this.#byName.get(name)
      if (source === undefined) throw new Violation("published equals source", `"${name}" was never sent`)
      if (!isSame(source.content, bytes)) {
        throw new Violation("published equals source", `"${name}" has ${bytes.length} bytes that are not its source's`)
      }
    }
    for (const message of this.#byName.values()) {
      if (message.outcome === "confirmed" && !disk.names.has(message.name)) {
        throw new Violation("reported success is durable", `"${message.name}" was reported and is gone`)
      }
    }
  }
}

const describe = ({ bytes, client, kind, name }: Arrival): string =>
  `the ${kind} ${name === "" ? "" : `"${name}" `}of client ${client}, ${bytes} bytes`

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0
