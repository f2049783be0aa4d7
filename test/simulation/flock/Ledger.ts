/**
 * Records the streams of all sessions, the received data and the ends of the sessions, and checks the invariants of
 * flock. It observes streams and sessions, not packets.
 */
import type { CloseReason } from "../../../src/protocol/flock/CloseCode.ts"
import { closeCode } from "../../../src/protocol/flock/CloseCode.ts"
import type { Role, Stream } from "../../../src/protocol/flock/streams/Stream.ts"
import { Violation } from "../Ledger.ts"
import type { ClientScript, StreamScript } from "./Script.ts"

/** One stream of a session, from its opener to the other end. */
export class StreamRecord {
  readonly plan: StreamScript
  readonly name: string
  readonly #salt: number
  readBytes = 0
  isOpened = false
  isAborted = false
  /** Whether the opener's stream is settled: all data is acknowledged or the stream is aborted. */
  isSettled = false
  /** The reader's result: all data was read, or the stream was aborted. */
  outcome: "complete" | "aborted" | undefined
  /** Whether the reverse direction, which has no content, has ended: at its sender and at its reader. */
  isReverseSettled = false
  isReverseAtEnd = false
  /** The stream at the reader. */
  received: Stream | undefined

  constructor(client: number, plan: StreamScript, nth: number) {
    this.plan = plan
    this.name = `stream ${nth} of ${plan.by === "client" ? `client ${client}` : `the server for client ${client}`}`
    this.#salt = 59 * nth + 101 * client + (plan.by === "client" ? 0 : 31)
  }

  get isOver(): boolean {
    return this.isSettled && this.outcome !== undefined && this.isReverseSettled && this.isReverseAtEnd
  }

  /** Content that differs between positions and between streams. */
  content(): Uint8Array {
    const bytes = new Uint8Array(this.plan.bytes)
    for (let offset = 0; offset < bytes.length; offset++) bytes[offset] = this.#byteAt(offset)
    return bytes
  }

  /** The reader's application has read these bytes. */
  take(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.readBytes >= this.plan.bytes || byte !== this.#byteAt(this.readBytes)) {
        throw new Violation("prefix", `byte ${this.readBytes} of ${this.name} differs from the sent one`)
      }
      this.readBytes++
    }
  }

  /** The reader's application has reached the end. */
  end(): void {
    if (this.readBytes !== this.plan.bytes) {
      throw new Violation("prefix", `${this.name} ends after ${this.readBytes} of ${this.plan.bytes} bytes`)
    }
    this.outcome = "complete"
  }

  /** The other end has reset the reverse direction: no data had arrived when it learnt that the stream is aborted. */
  neverReceived(): void {
    if (!this.isAborted || this.received !== undefined) {
      throw new Violation("no stream is aborted without a reason", this.name)
    }
    this.outcome = "aborted"
    this.isReverseSettled = this.isReverseAtEnd = true
  }

  /** The sender's stream is settled: all data is acknowledged. */
  settled(): void {
    this.isSettled = true
    const { received } = this
    if (this.isAborted || received === undefined || received.receive.resetCode !== undefined) return
    const arrivedBytes = received.receive.readBytes + received.receive.readableBytes
    if (arrivedBytes !== this.plan.bytes) {
      throw new Violation(
        "acknowledged data has arrived",
        `${arrivedBytes} of ${this.plan.bytes} bytes of ${this.name}`
      )
    }
  }

  #byteAt(offset: number): number {
    return (offset * 131 + (offset >>> 8) * 17 + this.#salt) & 255
  }
}

/** A session with both ends, which may be a further attempt of its client. */
export class Session {
  readonly client: number
  /** The connection id of the client. */
  readonly clientId: number
  readonly script: ClientScript
  readonly streams: Readonly<Record<Role, ReadonlyArray<StreamRecord>>>
  /** The close reason of each end; undefined while it is open. */
  readonly ended: Record<Role, CloseReason | undefined> = { client: undefined, server: undefined }
  isUnreachable = false
  /** Whether the client's or the server's host has crashed. */
  isGone = false
  /** Whether the server that agreed with the client was started again, and the session is over although its end there says nothing. */
  isForgotten = false

  constructor(client: number, script: ClientScript, attempt = 0) {
    this.client = client
    this.clientId = 1000 + client + 100 * attempt
    this.script = script
    const by = (role: Role): ReadonlyArray<StreamRecord> =>
      script.streams.filter((plan) => plan.by === role).map((plan, nth) => new StreamRecord(client, plan, nth))
    this.streams = { client: by("client"), server: by("server") }
  }

  /** The streams of both sides. */
  get all(): ReadonlyArray<StreamRecord> {
    return [...this.streams.client, ...this.streams.server]
  }

  /** Whether the server has told the client that it does not know the session. */
  get isReset(): boolean {
    return this.ended.client?.by === "Reset"
  }

  get isComplete(): boolean {
    return this.all.every(({ isOver }) => isOver)
  }

  /** One end of the session has closed. */
  end(role: Role, reason: CloseReason): void {
    if (this.ended[role] !== undefined) throw new Violation("a session ends once", `${role} ${this.client}`)
    this.ended[role] = reason
    if (reason.code !== closeCode.NoError) {
      throw new Violation("no protocol violation", `session ${this.client} ends at the ${role}: code ${reason.code}`)
    }
  }
}
