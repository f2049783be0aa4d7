/**
 * A world of two nodes and the wire between them: numeric time, no timers, no chance. The same script gives the same
 * run. Whatever a node returns goes to the other one; at one instant datagrams come before deadlines.
 */
import { decode, type Frame } from "./frames.ts"

export interface Node {
  receive(bytes: Uint8Array, from: string, now: number): ReadonlyArray<Uint8Array>
  /** When `timeout` is due; Infinity for never, anything up to the present for at once. */
  readonly deadline: number
  timeout(now: number): ReadonlyArray<Uint8Array>
}

export type Side = "left" | "right"

/** One datagram on its way. */
export interface Passage {
  /** Who sent it. */
  readonly from: Side
  /** How many went the same way before it. */
  readonly index: number
  readonly sentAt: number
  readonly bytes: Uint8Array
  /** Undefined when the datagram is shorter than a header. */
  readonly frame: Frame | undefined
}

/** What the wire does to it; the default is "pass". Damage flips a bit of its last byte. */
export type Fate =
  | "pass"
  | "drop"
  | "duplicate"
  | "damage"
  | { readonly delay: number }
  | { readonly replace: Uint8Array }

export type Script = (passage: Passage) => Fate

export interface LoopOptions {
  /** One way, in milliseconds. */
  readonly latency?: number
  readonly script?: Script
  /** The addresses that the nodes see in `from`. */
  readonly addresses?: Readonly<Record<Side, string>>
  readonly startAt?: number
  /** A run of more events than this is taken for one without end. */
  readonly maxEvents?: number
}

interface Arrival {
  readonly at: number
  readonly to: Side
  readonly bytes: Uint8Array
}

export const opposite = (side: Side): Side => side === "left" ? "right" : "left"

const damaged = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte, place) => place === bytes.length - 1 ? byte ^ 1 : byte)

export class Loop {
  now: number
  /** All that was sent, with what became of it. */
  readonly history: Array<Passage & { readonly fate: Fate }> = []
  readonly #nodes: Readonly<Record<Side, Node>>
  readonly #latency: number
  readonly #script: Script
  readonly #addresses: Readonly<Record<Side, string>>
  readonly #sent: Record<Side, number> = { left: 0, right: 0 }
  /** In the order of arrival; of the same instant, in the order of sending. */
  readonly #arrivals: Array<Arrival> = []
  readonly #maxEvents: number

  constructor(left: Node, right: Node, options: LoopOptions = {}) {
    this.#nodes = { left, right }
    this.#latency = options.latency ?? 10
    this.#script = options.script ?? (() => "pass")
    this.#addresses = options.addresses ?? { left: "left", right: "right" }
    this.#maxEvents = options.maxEvents ?? 100_000
    this.now = options.startAt ?? 0
  }

  /** What one side has sent, dropped datagrams included. */
  sentBy(side: Side): ReadonlyArray<Passage & { readonly fate: Fate }> {
    return this.history.filter(({ from }) => from === side)
  }

  /** Puts datagrams on the wire out of turn: for a node whose verbs return what to send. */
  send(from: Side, datagrams: ReadonlyArray<Uint8Array>): void {
    for (const bytes of datagrams) {
      const index = this.#sent[from]
      this.#sent[from] += 1
      const passage = { from, index, sentAt: this.now, bytes: bytes.slice(), frame: decode(bytes) }
      const fate = this.#script(passage)
      this.history.push({ ...passage, fate })
      this.#carry(passage, fate)
    }
  }

  /** Lets so much time go by. */
  runFor(millis: number): void {
    this.runUntil(() => false, this.now + millis)
  }

  /** Runs until the condition holds, at the latest until the given time; says whether it holds. */
  runUntil(holds: () => boolean, latest: number): boolean {
    for (let events = 0; !holds(); events++) {
      const next = this.#nextInstant()
      if (next > latest) {
        this.now = Math.max(this.now, latest)
        return false
      }
      if (events >= this.#maxEvents) throw new Error(`no end after ${events} events, at ${this.now} ms`)
      this.now = next
      this.#step()
    }
    return true
  }

  #nextInstant(): number {
    const { left, right } = this.#nodes
    const next = Math.min(this.#arrivals[0]?.at ?? Infinity, left.deadline, right.deadline)
    return next === Infinity ? Infinity : Math.max(this.now, next)
  }

  #step(): void {
    const first = this.#arrivals[0]
    if (first !== undefined && first.at <= this.now) {
      this.#arrivals.shift()
      this.send(first.to, this.#nodes[first.to].receive(first.bytes, this.#addresses[opposite(first.to)], this.now))
      return
    }
    const due = this.#nodes.left.deadline <= this.now ? "left" : "right"
    this.send(due, this.#nodes[due].timeout(this.now))
  }

  #carry(passage: Passage, fate: Fate): void {
    if (fate === "drop") return
    const { bytes } = passage
    const to = opposite(passage.from)
    const plain = typeof fate === "string"
    const at = this.now + this.#latency + (!plain && "delay" in fate ? fate.delay : 0)
    const replaced = !plain && "replace" in fate ? fate.replace : bytes
    this.#arrive({ at, to, bytes: fate === "damage" ? damaged(bytes) : replaced })
    if (fate === "duplicate") this.#arrive({ at, to, bytes })
  }

  #arrive(arrival: Arrival): void {
    const later = this.#arrivals.findIndex(({ at }) => at > arrival.at)
    this.#arrivals.splice(later < 0 ? this.#arrivals.length : later, 0, arrival)
  }
}

/** Makes a node of one that knows a single peer, as ExistingClient does. */
export const nodeOfOnePeer = (one: {
  receive(bytes: Uint8Array, now: number): ReadonlyArray<Uint8Array>
  readonly deadline: number
  timeout(now: number): ReadonlyArray<Uint8Array>
}): Node => ({
  receive: (bytes, _from, now) => one.receive(bytes, now),
  get deadline() {
    return one.deadline
  },
  timeout: (now) => one.timeout(now)
})

/** Applies the fate to the datagrams that are meant, each time they pass, or only to the given passages of them. */
export const script = (
  ...rules: ReadonlyArray<{
    readonly from: Side
    readonly type?: number
    readonly sequence?: number
    /** Of the datagrams that the rule means, counted from 0; all without it. */
    readonly nth?: ReadonlyArray<number>
    readonly fate: Fate
  }>
): Script => {
  const met = rules.map(() => 0)
  return (passage) => {
    let fate: Fate = "pass"
    for (const [place, rule] of rules.entries()) {
      if (rule.from !== passage.from) continue
      if (rule.type !== undefined && rule.type !== passage.frame?.type) continue
      if (rule.sequence !== undefined && rule.sequence !== passage.frame?.sequence) continue
      const turn = met[place] ?? 0
      met[place] = turn + 1
      if (fate === "pass" && (rule.nth === undefined || rule.nth.includes(turn))) fate = rule.fate
    }
    return fate
  }
}
