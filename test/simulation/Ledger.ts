/**
 * Records sent, received and reported messages, and checks the invariants of the program after every event. It observes
 * applications and disks, not frames.
 */
import type { Disk } from "./Disk.ts"
import { isPart } from "./Disk.ts"
import type { MessageScript, Script } from "./Script.ts"

/** A violated invariant. `rule` is its name. */
export class Violation extends Error {
  readonly rule: string

  constructor(rule: string, detail: string) {
    super(`${rule}: ${detail}`)
    this.rule = rule
  }
}

/** The outcome of a message as its sender's application receives it; "crashed" if the sender crashed. */
export type Outcome = "confirmed" | "unconfirmed" | "declined" | "lost" | "ended" | "unreachable" | "crashed"

/** One message from the sender's application to the receiver's application. */
export interface Sent {
  readonly client: number
  readonly index: number
  readonly kind: "text" | "file"
  readonly name: string
  readonly content: Uint8Array
  isAnnounced: boolean
  /** How often the receiver's application has received it completely. */
  arrivals: number
  /** Whether the receiver's application has refused it. */
  isRefused: boolean
  /** Whether the receiver's state was lost in between: the server crashed, or the client's address changed. */
  changedReceiver: boolean
  outcome: Outcome | undefined
}

/** A message during its reception. `candidates` are the sent messages that it may be, given the received bytes. */
export interface Arrival {
  readonly client: number
  readonly kind: "text" | "file"
  readonly name: string
  bytes: number
  candidates: ReadonlyArray<Sent>
}

/** A unique file name, which is `nameBytes` bytes longer than necessary. */
export const nameOf = (client: number, index: number, nameBytes = 0): string =>
  `c${client}m${index}${"-".repeat(nameBytes)}.bin`

/** Content that differs between messages and between positions; texts are ASCII. */
export const contentOf = (client: number, index: number, message: MessageScript): Uint8Array => {
  const bytes = new Uint8Array(message.bytes)
  let state = Math.imul(client + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)
  for (let offset = 0; offset < bytes.length; offset++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    bytes[offset] = message.kind === "text" ? 0x20 + ((state >>> 16) % 95) : state >>> 16
  }
  return bytes
}

/** The record of all messages of a run. */
export class Ledger {
  readonly sent: ReadonlyArray<ReadonlyArray<Sent>>
  readonly #byName = new Map<string, Sent>()

  /** Whether the server may decline unread messages, because it drains. */
  readonly #drains: boolean
  /**
   * Whether it may even decline received messages: the probe of a paused sender looks like an idle sender's
   * (docs/PROTOCOL.md §6).
   */
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

  /** The client starts to send a message. */
  announced(client: number, index: number): Sent {
    const message = this.sent[client]?.[index]
    if (message === undefined) throw new Error(`client ${client} has no message ${index}`)
    message.isAnnounced = true
    return message
  }

  /** The server's application starts to receive a message. */
  opened(client: number, kind: "text" | "file", name: string): Arrival {
    const candidates = (this.sent[client] ?? []).filter((one) =>
      one.isAnnounced && one.kind === kind && one.name === name
    )
    if (candidates.length === 0) throw new Violation("prefix", `client ${client} never sent a ${kind} named "${name}"`)
    return { client, kind, name, bytes: 0, candidates }
  }

  /** The next bytes of a message have arrived. */
  block(arrival: Arrival, bytes: Uint8Array): void {
    const from = arrival.bytes
    arrival.bytes += bytes.length
    arrival.candidates = arrival.candidates.filter(({ content }) =>
      isSame(content.subarray(from, from + bytes.length), bytes)
    )
    if (arrival.candidates.length > 0) return
    throw new Violation("prefix", `${describe(arrival)}: bytes ${from} to ${arrival.bytes} differ from the sent ones`)
  }

  /** The core reports the message as complete. */
  completed(arrival: Arrival): void {
    arrival.candidates = arrival.candidates.filter(({ content }) => content.length === arrival.bytes)
    if (arrival.candidates.length > 0) return
    throw new Violation(
      "prefix",
      `${describe(arrival)}: it ends after ${arrival.bytes} bytes, the sent message does not`
    )
  }

  /** The application has received the message completely and durably. */
  taken(arrival: Arrival): void {
    // If several sent messages are equal, this is the one without an outcome.
    const { candidates } = arrival
    const message = candidates.find(({ outcome }) => outcome === undefined) ??
      candidates.find(({ arrivals }) => arrivals === 0) ?? candidates[0]
    if (message === undefined) throw new Violation("prefix", `${describe(arrival)} was never sent`)
    if (message.arrivals++ > 0) throw new Violation("exactly once", `${describe(arrival)} was delivered twice`)
  }

  /** The server's application refuses the message. */
  refused(arrival: Arrival): void {
    for (const message of arrival.candidates) message.isRefused = true
  }

  /** The server crashed; `disk` is what remains. */
  serverCrashed(disk: Disk): void {
    for (const client of this.sent.keys()) this.receiverChanged(client)
    this.checkDisk(disk)
  }

  /** The receiver of a client's pending message has lost its state. */
  receiverChanged(client: number): void {
    for (const message of this.sent[client] ?? []) {
      if (message.isAnnounced && message.outcome === undefined) message.changedReceiver = true
    }
  }

  /** The sender's application receives the outcome. */
  reported(message: Sent, outcome: Outcome): void {
    message.outcome = outcome
    const what = `message ${message.index} of client ${message.client}`
    const isDelivered = message.arrivals > 0
    if (outcome === "confirmed" && !isDelivered) throw new Violation("no false success", `${what} has not arrived`)
    if (outcome === "unconfirmed" && !isDelivered && !message.changedReceiver) {
      throw new Violation("no false success", `${what} was reported as unconfirmed and has not arrived`)
    }
    if (outcome === "declined" && isDelivered && !this.#drainsPaused) {
      throw new Violation("no false failure", `${what} was declined and arrived`)
    }
    if (outcome === "declined" && !message.isRefused && !message.changedReceiver && !this.#drains) {
      throw new Violation("no false failure", `${what} was declined, but no application refused it`)
    }
  }

  /** Checks that each published file was sent and is complete, and that each file reported as delivered exists. */
  checkDisk(disk: Disk): void {
    for (const [name, { bytes }] of disk.names) {
      if (isPart(name)) continue
      const source = this.#byName.get(name)
      if (source === undefined) throw new Violation("published equals source", `"${name}" was never sent`)
      if (!isSame(source.content, bytes)) {
        throw new Violation(
          "published equals source",
          `"${name}" has ${bytes.length} bytes that differ from the sent ones`
        )
      }
    }
    for (const message of this.#byName.values()) {
      if (message.outcome === "confirmed" && !disk.names.has(message.name)) {
        throw new Violation(
          "reported success is durable",
          `"${message.name}" was reported as delivered and does not exist`
        )
      }
    }
  }
}

const describe = ({ bytes, client, kind, name }: Arrival): string =>
  `the ${kind} ${name === "" ? "" : `"${name}" `}of client ${client}, ${bytes} bytes`

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0
