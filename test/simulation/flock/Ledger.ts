/**
 * What the sessions of a world were given to carry, what has arrived and how they ended: the promises of flock. It sees
 * streams and sessions, never packets.
 */
import type { CloseReason } from "../../../src/protocol/flock/CloseCode.ts"
import { closeCode } from "../../../src/protocol/flock/CloseCode.ts"
import type { Role, Stream } from "../../../src/protocol/flock/streams/Stream.ts"
import { Violation } from "../Ledger.ts"
import type { ClientScript, StreamScript } from "./Script.ts"

/** One stream of a session, from its opener to the other end. */
export class Carried {
  readonly plan: StreamScript
  readonly name: string
  readonly #salt: number
  readBytes = 0
  isOpened = false
  isGivenUp = false
  /** The opener knows that all has arrived, or that it need not. */
  isSettled = false
  /** The reader has all of it, or knows that nothing more comes. */
  outcome: "complete" | "given up" | undefined
  /** The other direction, which carries nothing, is over: at its sender and at its reader. */
  isBackSettled = false
  isBackAtEnd = false
  /** The reader's own. */
  received: Stream | undefined

  constructor(client: number, plan: StreamScript, nth: number) {
    this.plan = plan
    this.name = `stream ${nth} of ${plan.by === "client" ? `client ${client}` : `the server for client ${client}`}`
    this.#salt = 59 * nth + 101 * client + (plan.by === "client" ? 0 : 31)
  }

  get isOver(): boolean {
    return this.isSettled && this.outcome !== undefined && this.isBackSettled && this.isBackAtEnd
  }

  /** Bytes that differ from place to place and from stream to stream. */
  content(): Uint8Array {
    const bytes = new Uint8Array(this.plan.bytes)
    for (let at = 0; at < bytes.length; at++) bytes[at] = this.#byteAt(at)
    return bytes
  }

  /** The reader's application took these bytes. */
  take(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.readBytes >= this.plan.bytes || byte !== this.#byteAt(this.readBytes)) {
        throw new Violation("prefix", `byte ${this.readBytes} of ${this.name} is not what was sent`)
      }
      this.readBytes++
    }
  }

  /** The reader's application came to the end. */
  end(): void {
    if (this.readBytes !== this.plan.bytes) {
      throw new Violation("prefix", `${this.name} ends after ${this.readBytes} of ${this.plan.bytes} bytes`)
    }
    this.outcome = "complete"
  }

  /** The sender was told that everything has arrived. */
  settled(): void {
    this.isSettled = true
    const { received } = this
    if (this.isGivenUp || received === undefined || received.receive.resetCode !== undefined) return
    const there = received.receive.readBytes + received.receive.readableBytes
    if (there !== this.plan.bytes) {
      throw new Violation("what is acknowledged is there", `${there} of ${this.plan.bytes} bytes of ${this.name}`)
    }
  }

  #byteAt(at: number): number {
    return (at * 131 + (at >>> 8) * 17 + this.#salt) & 255
  }
}

/** A session as its world sees it, with both of its ends. */
export class Session {
  readonly client: number
  readonly script: ClientScript
  readonly streams: Readonly<Record<Role, ReadonlyArray<Carried>>>
  /** How each end went; undefined while it is open. */
  readonly ended: Record<Role, CloseReason | undefined> = { client: undefined, server: undefined }
  isUnreachable = false
  /** Its host crashed. */
  isGone = false

  constructor(client: number, script: ClientScript) {
    this.client = client
    this.script = script
    const by = (role: Role): ReadonlyArray<Carried> =>
      script.streams.filter((plan) => plan.by === role).map((plan, nth) => new Carried(client, plan, nth))
    this.streams = { client: by("client"), server: by("server") }
  }

  get all(): ReadonlyArray<Carried> {
    return [...this.streams.client, ...this.streams.server]
  }

  get isComplete(): boolean {
    return this.all.every(({ isOver }) => isOver)
  }

  end(role: Role, reason: CloseReason): void {
    if (this.ended[role] !== undefined) throw new Violation("a session ends once", `${role} ${this.client}`)
    this.ended[role] = reason
    if (reason.code !== closeCode.NoError) {
      throw new Violation("peers keep the protocol", `session ${this.client} ends at the ${role}: code ${reason.code}`)
    }
  }
}
