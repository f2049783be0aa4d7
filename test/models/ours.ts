/** Our cores as nodes of the models' loop. */
import { crc32 } from "node:zlib"
import { isAdmitted } from "../../src/protocol/classic/Admission.ts"
import type { Dialect } from "../../src/protocol/classic/ClassicFrame.ts"
import { maxFrameBytes } from "../../src/protocol/classic/ClassicFrame.ts"
import * as Fragments from "../../src/protocol/classic/Fragments.ts"
import { Receiver } from "../../src/protocol/classic/Receiver.ts"
import type { ReceiverEvent } from "../../src/protocol/classic/ReceiverEvents.ts"
import type { SenderEvent } from "../../src/protocol/classic/Sender.ts"
import { Sender } from "../../src/protocol/classic/Sender.ts"
import * as Timing from "../../src/transport/Timing.ts"
import type { Node } from "./loop.ts"

interface Core {
  readonly handleDatagrams: (batch: ReadonlyArray<Uint8Array>, now: number) => void
  readonly handleTimeout: (now: number) => void
  readonly pollTransmit: (target: Uint8Array, now: number) => number
}

const drain = (core: Core, now: number): Array<Uint8Array> => {
  const frames: Array<Uint8Array> = []
  const target = new Uint8Array(maxFrameBytes)
  for (let length = core.pollTransmit(target, now); length > 0; length = core.pollTransmit(target, now)) {
    frames.push(target.slice(0, length))
  }
  return frames
}

export interface OurMessage {
  readonly kind: "text" | "file"
  readonly name?: string
  readonly content: Uint8Array
  readonly fragmentSize?: number
}

/** Our sender with a queue of messages; `send` and `leave` take effect at the next timeout, which is due at once. */
export class OurClient implements Node {
  readonly core: Sender
  readonly events: Array<SenderEvent> = []
  readonly #queue: Array<OurMessage> = []
  #content: ReadonlyArray<Uint8Array> = []
  #leaving = false

  constructor(dialect: Dialect = "frame", now = 0) {
    this.core = new Sender({ crc32, dialect, timing: Timing.classic }, now)
  }

  send(message: OurMessage): void {
    this.#queue.push(message)
  }

  leave(): void {
    this.#leaving = true
  }

  get delivered(): ReadonlyArray<Extract<SenderEvent, { _tag: "Delivered" }>> {
    return this.events.filter((event) => event._tag === "Delivered")
  }

  /** The event that ended the connection, if it has ended. */
  get ending(): string | undefined {
    return this.events.find(({ _tag }) => _tag === "Declined" || _tag === "Ended" || _tag === "Lost")?._tag
  }

  get deadline(): number {
    const isReady = !this.core.isClosed && !this.#isBusy && (this.#queue.length > 0 || this.#leaving)
    return isReady || this.core.wantsContent ? 0 : this.core.deadline
  }

  get #isBusy(): boolean {
    return this.#started > this.delivered.length
  }
  #started = 0
  readonly #earlier: Array<Fragments.Plan> = []

  receive(bytes: Uint8Array, _from: string, now: number): ReadonlyArray<Uint8Array> {
    this.core.handleDatagrams([bytes], now)
    return this.#finish(now)
  }

  timeout(now: number): ReadonlyArray<Uint8Array> {
    this.core.handleTimeout(now)
    return this.#finish(now)
  }

  #finish(now: number): ReadonlyArray<Uint8Array> {
    this.events.push(...this.core.pollEvents())
    if (!this.core.isClosed && !this.#isBusy) {
      const message = this.#queue.shift()
      if (message !== undefined) this.#begin(message, now)
      else if (this.#leaving) this.core.leave()
    }
    if (this.core.wantsContent) this.core.offer(this.#content, now)
    const frames = drain(this.core, now)
    this.events.push(...this.core.pollEvents())
    return frames
  }

  #begin(message: OurMessage, now: number): void {
    const name = new TextEncoder().encode(message.name ?? "")
    const plan = Fragments.planAfter(
      this.#earlier,
      message.kind,
      name,
      message.content.length,
      message.fragmentSize ?? 1445
    )
    if ("_tag" in plan) throw new Error(plan._tag)
    this.#earlier.push(plan)
    this.#started++
    this.#content = Fragments.cut(message.content, plan.fragmentSize)
    this.core.announce(plan, plan.nameFragments === 0 ? [] : Fragments.cut(name, plan.fragmentSize), now)
  }
}

export interface OurReceived {
  readonly kind: "text" | "file"
  readonly name: string
  readonly content: Uint8Array
}

/** Our receivers, one per peer, with an application that stores at once and accepts after `publishMillis`. */
export class OurServer implements Node {
  readonly cores = new Map<string, Receiver>()
  readonly received: Array<OurReceived> = []
  readonly events: Array<ReceiverEvent & { readonly from: string }> = []
  /** The serials of messages that are refused when they are opened. */
  readonly refuses = new Set<number>()
  publishMillis = 0
  leaving = false
  readonly #open = new Map<string, { kind: "text" | "file"; name: string; blocks: Array<Uint8Array> }>()
  readonly #publishing: Array<{ readonly at: number; readonly from: string; readonly serial: number }> = []

  get deadline(): number {
    const publishing = Math.min(Infinity, ...this.#publishing.map(({ at }) => at))
    return Math.min(publishing, ...Array.from(this.cores.values(), (core) => core.deadline))
  }

  receive(bytes: Uint8Array, from: string, now: number): ReadonlyArray<Uint8Array> {
    let core = this.cores.get(from)
    if (core === undefined) {
      if (!isAdmitted(bytes, crc32)) return []
      core = new Receiver({ crc32, timing: Timing.classic }, now)
      this.cores.set(from, core)
    }
    if (this.leaving) core.leave()
    core.handleDatagrams([bytes], now)
    return this.#finish(from, core, now)
  }

  timeout(now: number): ReadonlyArray<Uint8Array> {
    const frames: Array<Uint8Array> = []
    for (const publishing of this.#publishing.splice(0)) {
      if (publishing.at > now) this.#publishing.push(publishing)
      else this.cores.get(publishing.from)?.accept(publishing.serial, now)
    }
    for (const [from, core] of this.cores) {
      core.handleTimeout(now)
      frames.push(...this.#finish(from, core, now))
    }
    return frames
  }

  #finish(from: string, core: Receiver, now: number): Array<Uint8Array> {
    for (let events = core.pollEvents(); events.length > 0; events = core.pollEvents()) {
      for (const event of events) this.#take(from, core, event, now)
    }
    const frames = drain(core, now)
    if (core.isClosed) this.cores.delete(from)
    return frames
  }

  #take(from: string, core: Receiver, event: ReceiverEvent, now: number): void {
    this.events.push({ ...event, from })
    if (!("serial" in event)) return
    const key = `${from} ${event.serial}`
    const open = this.#open.get(key)
    if (event._tag === "Opened") {
      if (this.refuses.has(event.serial)) core.refuse(event.serial, now)
      else this.#open.set(key, { kind: event.kind, name: new TextDecoder().decode(event.name), blocks: [] })
    } else if (open === undefined || event._tag === "Abandoned") {
      this.#open.delete(key)
    } else if (event._tag === "Block") {
      open.blocks.push(event.bytes)
      core.written(event.serial, event.bytes.length)
    } else {
      this.received.push({ kind: open.kind, name: open.name, content: Buffer.concat(open.blocks) })
      this.#open.delete(key)
      if (this.publishMillis === 0) core.accept(event.serial, now)
      else this.#publishing.push({ at: now + this.publishMillis, from, serial: event.serial })
    }
  }
}
