/** What the clients of a listener share: one alarm for all of their deadlines, and the writes at the end of a turn of the event loop. */
import * as Alarm from "../transport/Alarm.ts"
import { Deadlines } from "../transport/Deadlines.ts"

/** Times are milliseconds of the monotonic clock. */
export interface TurnClient {
  /** When `onDeadline` is due; Infinity for never. */
  readonly deadline: number
  readonly onDeadline: (now: number) => void
  readonly flush: () => void
}

export class ListenerTurns {
  readonly #now: () => number
  readonly #alarm: Alarm.Alarm
  readonly #deadlines = new Deadlines<TurnClient>()
  #alarmAt = Infinity
  #unflushed = new Set<TurnClient>()

  constructor(now: () => number, makeAlarm: Alarm.MakeAlarm) {
    this.#now = now
    this.#alarm = makeAlarm(now, () => this.#onAlarm())
  }

  /** The deadline of the client may have changed. */
  schedule(client: TurnClient): void {
    this.#deadlines.set(client, client.deadline)
    this.#setAlarm()
  }

  /** Calls `flush` of the client at the end of this turn. */
  flushLater(client: TurnClient): void {
    if (this.#unflushed.size === 0) queueMicrotask(() => this.#flush())
    this.#unflushed.add(client)
  }

  end(): void {
    this.#alarm.set(Infinity)
    this.#alarmAt = -Infinity
  }

  #flush(): void {
    const clients = this.#unflushed
    this.#unflushed = new Set()
    for (const client of clients) client.flush()
  }

  #onAlarm(): void {
    this.#alarmAt = Infinity
    const now = this.#now()
    for (let due = this.#deadlines.takeDue(now); due !== undefined; due = this.#deadlines.takeDue(now)) {
      due.onDeadline(now)
    }
    this.#setAlarm()
  }

  /** An alarm that has become too early is set again when it rings. */
  #setAlarm(): void {
    if (this.#deadlines.first >= this.#alarmAt) return
    this.#alarmAt = this.#deadlines.first
    this.#alarm.set(this.#alarmAt)
  }
}
