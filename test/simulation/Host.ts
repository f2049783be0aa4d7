/**
 * A machine with one program, which can be paused and can crash. The host decides when the program runs; it has no
 * knowledge of the program's function.
 */
import { Violation } from "./Ledger.ts"
import type { Timeline } from "./Timeline.ts"

/** A program on a host. It runs when a datagram arrives and when its deadline has passed. */
export interface Program {
  readonly receive: (bytes: Uint8Array, from: string) => void
  readonly timeout: () => void
  /** The time of the next `timeout` call in milliseconds; Infinity for never. */
  readonly deadline: number
  /** Called at the end of the run: the program releases everything. */
  readonly stop?: () => void
  /** Describes state that remains after `stop` and should not; undefined if there is none. */
  readonly leak?: () => string | undefined
  /** The offset of the wall clock from the virtual time. */
  wallClockMillis?: number
}

/** A program that sends messages. */
export interface ClientProgram extends Program {
  /** Whether all its messages have an outcome, or it can send no more. */
  readonly isDone: boolean
  /** Changes the client's address. */
  readonly rebind?: () => void
}

/** The services of a host for its program. */
export interface Runtime {
  /** The virtual time in milliseconds. */
  readonly now: () => number
  /** Runs `action` after `millis`, unless the program has crashed; during a pause it is delayed. */
  readonly after: (millis: number, action: () => void) => void
}

/** Datagrams that the kernel buffers for a paused program: about 200 KiB of small datagrams. */
const receiveBufferDatagrams = 256
/** More timeouts than this at the same virtual time are an endless loop. */
const maxTimeoutsAtOnce = 100

/** A machine of the simulation. */
export class Host {
  readonly #timeline: Timeline
  readonly #name: string
  #program: Program | undefined
  /** Counts the started programs: actions that a crashed program has planned must not run in its successor. */
  #generation = 0
  #armedAt = Infinity
  #pausedUntil = -Infinity
  readonly #waiting: Array<() => void> = []
  #timeouts = { at: -1, count: 0 }

  constructor(timeline: Timeline, name: string) {
    this.#timeline = timeline
    this.#name = name
  }

  get isUp(): boolean {
    return this.#program !== undefined
  }

  start<P extends Program>(make: (runtime: Runtime) => P): P {
    const generation = ++this.#generation
    const runtime = {
      now: () => this.#timeline.now,
      after: (millis: number, action: () => void) => this.#after(generation, millis, action)
    }
    const program = make(runtime)
    this.#program = program
    this.#arm()
    return program
  }

  receive(bytes: Uint8Array, from: string): void {
    if (this.#program === undefined) return
    if (this.#isPaused) {
      if (this.#waiting.length < receiveBufferDatagrams) this.#waiting.push(() => this.#program?.receive(bytes, from))
      return
    }
    this.#program.receive(bytes, from)
    this.#arm()
  }

  /** Pauses the program: datagrams are buffered, timers fire late. */
  pause(millis: number): void {
    if (this.#program === undefined) return
    this.#pausedUntil = this.#timeline.now + millis
    this.#timeline.at(this.#pausedUntil, () => this.#resume())
  }

  /** Ends the program without any further action. */
  crash(): void {
    this.#program = undefined
    this.#armedAt = Infinity
    this.#waiting.length = 0
    this.#pausedUntil = -Infinity
  }

  get #isPaused(): boolean {
    return this.#timeline.now < this.#pausedUntil
  }

  /** Runs timers before datagrams, as event loops do. */
  #resume(): void {
    if (this.#isPaused) return
    this.#fire()
    for (const action of this.#waiting.splice(0)) action()
    this.#arm()
  }

  #after(generation: number, millis: number, action: () => void): void {
    const run = (): void => {
      if (this.#program === undefined || this.#generation !== generation) return
      if (this.#isPaused) {
        this.#waiting.push(run)
        return
      }
      action()
      this.#arm()
    }
    this.#timeline.after(millis, run)
  }

  #arm(): void {
    const due = this.#program?.deadline ?? Infinity
    if (due === this.#armedAt) return
    this.#armedAt = due
    if (due === Infinity) return
    this.#timeline.at(due, () => {
      if (this.#armedAt === due && !this.#isPaused) this.#fire()
    })
  }

  #fire(): void {
    const { now } = this.#timeline
    if (this.#program === undefined || this.#program.deadline > now) return this.#arm()
    this.#timeouts = this.#timeouts.at === now ? { at: now, count: this.#timeouts.count + 1 } : { at: now, count: 1 }
    if (this.#timeouts.count > maxTimeoutsAtOnce) {
      throw new Violation("no busy loop", `${this.#name} has more than ${maxTimeoutsAtOnce} timeouts at ${now} ms`)
    }
    this.#armedAt = Infinity
    this.#program.timeout()
    this.#arm()
  }
}
