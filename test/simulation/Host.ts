/**
 * A machine with one program on it: it may stand still, and it may be gone. It knows when the program runs, not what it
 * does.
 */
import { Violation } from "./Ledger.ts"
import type { Timeline } from "./Timeline.ts"

/** What runs on a host: it acts when something arrives and when its deadline has come. */
export interface Program {
  readonly receive: (bytes: Uint8Array, from: string) => void
  readonly timeout: () => void
  /** When `timeout` is due; Infinity for never. */
  readonly deadline: number
  /** The program is told to end, when nothing happens any more. */
  readonly stop?: () => void
  /** What is left of it after that and should not be. */
  readonly leftOver?: () => string | undefined
  /** The clock of the wall shows so much more than the time of the world. */
  wallClockMillis?: number
}

/** A program that sends messages. */
export interface ClientProgram extends Program {
  /** Whether all its messages have an outcome, or it cannot send them any more. */
  readonly isDone: boolean
  /** Its address changes under it. */
  readonly rebind?: () => void
}

/** What a host gives its program. */
export interface Runtime {
  readonly now: () => number
  /** Runs `action` so much later, if the host is still there, and not while it stands still. */
  readonly after: (millis: number, action: () => void) => void
}

/** What the kernel keeps for a program that does not read: about 200 KiB of small datagrams. */
const receiveBuffer = 256
/** More timeouts of one moment than that are a loop without end. */
const timeoutsOfOneMoment = 100

export class Host {
  readonly #timeline: Timeline
  readonly #name: string
  #program: Program | undefined
  /** A program that is gone has planned things that must not happen in its successor's life. */
  #lives = 0
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
    const life = ++this.#lives
    const runtime = {
      now: () => this.#timeline.now,
      after: (millis: number, action: () => void) => this.#after(life, millis, action)
    }
    const program = make(runtime)
    this.#program = program
    this.#arm()
    return program
  }

  receive(bytes: Uint8Array, from: string): void {
    if (this.#program === undefined) return
    if (this.#isPaused) {
      if (this.#waiting.length < receiveBuffer) this.#waiting.push(() => this.#program?.receive(bytes, from))
      return
    }
    this.#program.receive(bytes, from)
    this.#arm()
  }

  /** It stands still for so long; what arrives waits, timers are late. */
  pause(millis: number): void {
    if (this.#program === undefined) return
    this.#pausedUntil = this.#timeline.now + millis
    this.#timeline.at(this.#pausedUntil, () => this.#goOn())
  }

  /** It is gone, and nothing of it happens any more. */
  crash(): void {
    this.#program = undefined
    this.#armedAt = Infinity
    this.#waiting.length = 0
    this.#pausedUntil = -Infinity
  }

  get #isPaused(): boolean {
    return this.#timeline.now < this.#pausedUntil
  }

  /** Timers before datagrams, as event loops do it. */
  #goOn(): void {
    if (this.#isPaused) return
    this.#fire()
    for (const action of this.#waiting.splice(0)) action()
    this.#arm()
  }

  #after(life: number, millis: number, action: () => void): void {
    const run = (): void => {
      if (this.#program === undefined || this.#lives !== life) return
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
    if (this.#timeouts.count > timeoutsOfOneMoment) {
      throw new Violation("no busy loop", `${this.#name} is due again and again at ${now} ms`)
    }
    this.#armedAt = Infinity
    this.#program.timeout()
    this.#arm()
  }
}
