/** A sender and its application, controlled by the test. */
import { crc32 } from "node:zlib"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { cut, plan } from "../../../src/protocol/classic/Fragments.ts"
import { Sender, type SenderEvent } from "../../../src/protocol/classic/Sender.ts"
import * as Timing from "../../../src/transport/Timing.ts"
import { content, text } from "./exchange.ts"
import { datagramOf, none } from "./frames.ts"

const { ack, dat, inf } = Frame.Kind

export class Client {
  readonly core: Sender
  readonly events: Array<SenderEvent> = []
  /** The last INF or DAT that was sent. */
  last: Frame.Frame | undefined
  now = 0

  constructor(dialect: Frame.Dialect = "frame") {
    this.core = new Sender({ crc32, dialect, timing: Timing.classic }, 0)
  }

  /** Announces a text, or a file if there is a name, in fragments of 4 bytes. */
  announce(contentFragments: number, name = ""): ReadonlyArray<string> {
    const planned = plan(name === "" ? "text" : "file", text(name), 4 * contentFragments, 4)
    if ("_tag" in planned) throw new Error(planned._tag)
    const fragments = name === "" ? [] : cut(planned.name, 4)
    return this.call((core) => core.announce(planned, fragments, this.now))
  }

  offer(fragments: number): ReadonlyArray<string> {
    return this.call((core) => core.offer(cut(content(4 * fragments), 4), this.now))
  }

  /** Announces a message, offers all of its content, and acknowledges all but its last fragment. */
  sendToLast(contentFragments: number, name = ""): void {
    this.announce(contentFragments, name)
    this.offer(contentFragments)
    while (this.last?.sequenceNumber !== this.last?.fragmentCount || this.last?.kind !== dat) this.answer()
  }

  /** Sends a whole text and acknowledges it at once. */
  deliver(contentFragments = 1): ReadonlyArray<string> {
    this.sendToLast(contentFragments)
    return this.answer()
  }

  /** Answers the last frame, at `now`; returns the frames that are sent then. */
  answer(now = this.now, kind: Frame.Kind = ack): ReadonlyArray<string> {
    if (this.last === undefined) throw new Error("nothing was sent")
    const payload = this.last.kind === inf && kind === ack ? this.last.payload : none
    return this.receive(datagramOf({ ...this.last, kind }, payload), now)
  }

  receive(bytes: Uint8Array, now = this.now): ReadonlyArray<string> {
    this.now = now
    return this.call((core) => core.handleDatagrams([bytes], now))
  }

  timeoutAt(now: number): ReadonlyArray<string> {
    this.now = now
    return this.call((core) => core.handleTimeout(now))
  }

  /** Runs the due timers up to a time; returns the sent frames, as `DAT 1 @1000`. */
  runUntil(latest: number): ReadonlyArray<string> {
    const sent: Array<string> = []
    for (let fired = 0; this.core.deadline <= latest; fired++) {
      if (fired > 1000) throw new Error(`the timers do not end at ${this.now} ms`)
      sent.push(...this.timeoutAt(this.core.deadline).map((frame) => `${frame} @${this.now}`))
    }
    this.now = latest
    return sent
  }

  /** Calls the core; returns the sent frames, as `DAT 1`. */
  call(verb: (core: Sender) => void): ReadonlyArray<string> {
    verb(this.core)
    const sent: Array<string> = []
    const target = new Uint8Array(Frame.maxFrameBytes)
    for (let length = this.#poll(target); length > 0; length = this.#poll(target)) {
      const frame = Frame.decode(target.slice(0, length))
      if (typeof frame === "string") throw new Error(`a sent datagram is ${frame}`)
      if (frame.kind === inf || frame.kind === dat) this.last = frame
      sent.push(`${Frame.kindNames[frame.kind]} ${frame.sequenceNumber}`)
      if (sent.length > 100) throw new Error(`the core sends ${sent[0]} without end`)
    }
    this.events.push(...this.core.pollEvents())
    return sent
  }

  get tags(): ReadonlyArray<string> {
    return this.events.map(({ _tag }) => _tag)
  }

  #poll(target: Uint8Array): number {
    return this.core.pollTransmit(target, this.now)
  }
}
