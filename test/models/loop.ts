/**
 * Simulates two nodes and the path between them with numeric time, without timers and randomness: equal scripts give
 * equal runs. The datagrams that a node returns go to the other node. At the same time datagrams precede deadlines.
 */
import { decode, type Frame } from "./frames.ts"

export interface Node {
  receive(bytes: Uint8Array, from: string, now: number): ReadonlyArray<Uint8Array>
  /** The time at which `timeout` is due; Infinity for never, a time that has passed for at once. */
  readonly deadline: number
  timeout(now: number): ReadonlyArray<Uint8Array>
}

export type Side = "left" | "right"

/** One datagram in transit. */
export interface Passage {
  /** The side that sent it. */
  readonly from: Side
  /** The number of datagrams in the same direction before it. */
  readonly index: number
  readonly sentAt: number
  readonly bytes: Uint8Array
  /** Undefined when the datagram is shorter than a header. */
  readonly frame: Frame | undefined
}

/** The action of the path on a datagram; the default is "pass". "damage" flips a bit of its last byte. */
export type Action =
  | "pass"
  | "drop"
  | "duplicate"
  | "damage"
  | { readonly delay: number }
  | { readonly replace: Uint8Array }

export type Script = (passage: Passage) => Action

export interface LoopOptions {
  /** The one-way delay in milliseconds. */
  readonly latency?: number
  readonly script?: Script
  /** The addresses that the nodes see in `from`. */
  readonly addresses?: Readonly<Record<Side, string>>
  readonly startAt?: number
  /** A run with more events than this fails, because it would not end. */
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
  /** All datagrams that were sent, with the action of the path. */
  readonly history: Array<Passage & { readonly action: Action }> = []
  readonly #nodes: Readonly<Record<Side, Node>>
  readonly #latency: number
  readonly #script: Script
  readonly #addresses: Readonly<Record<Side, string>>
  readonly #sent: Record<Side, number> = { left: 0, right: 0 }
  /** In the order of arrival; at the same time in the order of sending. */
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

  /** The datagrams that one side sent, including dropped ones. */
  sentBy(side: Side): ReadonlyArray<Passage & { readonly action: Action }> {
    return this.history.filter(({ from }) => from === side)
  }

  /** Sends datagrams at once, for a node whose methods return datagrams to send. */
  send(from: Side, datagrams: ReadonlyArray<Uint8Array>): void {
    for (const bytes of datagrams) {
      const index = this.#sent[from]
      this.#sent[from] += 1
      const passage = { from, index, sentAt: this.now, bytes: bytes.slice(), frame: decode(bytes) }
      const action = this.#script(passage)
      this.history.push({ ...passage, action })
      this.#carry(passage, action)
    }
  }

  /** Runs for a time. */
  runFor(millis: number): void {
    this.runUntil(() => false, this.now + millis)
  }

  /** Runs until the condition holds, at most until the given time; returns whether it holds. */
  runUntil(holds: () => boolean, latest: number): boolean {
    for (let events = 0; !holds(); events++) {
      const next = this.#nextInstant()
      if (next > latest) {
        this.now = Math.max(this.now, latest)
        return false
      }
      if (events >= this.#maxEvents) throw new Error(`the run has not ended after ${events} events, at ${this.now} ms`)
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

  #carry(passage: Passage, action: Action): void {
    if (action === "drop") return
    const { bytes } = passage
    const to = opposite(passage.from)
    const plain = typeof action === "string"
    const at = this.now + this.#latency + (!plain && "delay" in action ? action.delay : 0)
    const replaced = !plain && "replace" in action ? action.replace : bytes
    this.#arrive({ at, to, bytes: action === "damage" ? damaged(bytes) : replaced })
    if (action === "duplicate") this.#arrive({ at, to, bytes })
  }

  #arrive(arrival: Arrival): void {
    const later = this.#arrivals.findIndex(({ at }) => at > arrival.at)
    this.#arrivals.splice(later < 0 ? this.#arrivals.length : later, 0, arrival)
  }
}

/** Adapts a node with a single peer, such as ExistingClient. */
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

/** Applies the action of a rule to all datagrams that match it, or to some of them. */
export const script = (
  ...rules: ReadonlyArray<{
    readonly from: Side
    readonly type?: number
    readonly sequence?: number
    /** The indices among the matching datagrams, from 0; all without it. */
    readonly nth?: ReadonlyArray<number>
    readonly action: Action
  }>
): Script => {
  const met = rules.map(() => 0)
  return (passage) => {
    let action: Action = "pass"
    for (const [place, rule] of rules.entries()) {
      if (rule.from !== passage.from) continue
      if (rule.type !== undefined && rule.type !== passage.frame?.type) continue
      if (rule.sequence !== undefined && rule.sequence !== passage.frame?.sequence) continue
      const turn = met[place] ?? 0
      met[place] = turn + 1
      if (action === "pass" && (rule.nth === undefined || rule.nth.includes(turn))) action = rule.action
    }
    return action
  }
}
