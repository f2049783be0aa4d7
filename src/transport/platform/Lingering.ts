/**
 * Connections that this side has ended: what their peers still send is discarded for a time, because a reset would discard the answer.
 * All connections of a server share one alarm, since thousands may end in a second.
 */
import type { TcpConnection } from "../../net/Tcp.ts"
import type { Alarm, MakeAlarm } from "../Alarm.ts"
import * as TransportLimits from "../TransportLimits.ts"

export class Lingering {
  readonly #now: () => number
  readonly #alarm: Alarm
  /** The times of their resets, in ascending order: each lingers equally long. Milliseconds of the monotonic clock. */
  readonly #resets = new Map<TcpConnection, number>()
  #isSet = false

  constructor(now: () => number, makeAlarm: MakeAlarm) {
    this.#now = now
    this.#alarm = makeAlarm(now, () => this.#onAlarm())
  }

  /** Resets a connection after `TransportLimits.lingerMillis`, unless it is removed before. */
  add(connection: TcpConnection): void {
    this.#resets.set(connection, this.#now() + TransportLimits.lingerMillis)
    this.#setAlarm()
  }

  remove(connection: TcpConnection): void {
    this.#resets.delete(connection)
  }

  #onAlarm(): void {
    this.#isSet = false
    const now = this.#now()
    for (const [connection, at] of this.#resets) {
      if (at > now) break
      this.#resets.delete(connection)
      connection.reset()
    }
    this.#setAlarm()
  }

  /** An alarm whose connection was removed rings for the next one too early, and is set again. */
  #setAlarm(): void {
    if (this.#isSet) return
    for (const at of this.#resets.values()) {
      this.#isSet = true
      return this.#alarm.set(at)
    }
  }
}
