/** Limits the lines per second for each reason, and counts the omitted ones. */
import * as TextLimits from "../text/TextLimits.ts"

const secondMillis = 1000

interface Reason {
  /** The times of the last admitted lines, the earliest first. */
  readonly times: Array<number>
  leftOut: number
  leftOutSince: number
}

export interface LeftOut {
  readonly reason: string
  readonly number: number
}

export class Flood {
  /** By reason. The number of reasons is bounded, because peers cannot create new ones. */
  readonly #reasons = new Map<string, Reason>()

  /** Whether a line may be written; if not, it is counted. */
  admits(name: string, millis: number): boolean {
    const reason: Reason = this.#reasons.get(name) ?? { times: [], leftOut: 0, leftOutSince: 0 }
    this.#reasons.set(name, reason)
    const [earliest] = reason.times
    if (earliest !== undefined && reason.times.length >= TextLimits.logLinesPerSecond) {
      // A clock that was set back must not suppress lines for as long.
      if (millis - earliest < secondMillis && millis >= earliest) {
        if (reason.leftOut === 0) reason.leftOutSince = millis
        reason.leftOut++
        return false
      }
      reason.times.shift()
    }
    reason.times.push(millis)
    return true
  }

  /** The numbers of omitted lines to report: once a second for each reason. */
  take(millis: number): ReadonlyArray<LeftOut> {
    return this.#takeWhere(({ leftOutSince }) => millis - leftOutSince >= secondMillis || millis < leftOutSince)
  }

  /** All numbers of omitted lines, for the end of the program. */
  takeAll(): ReadonlyArray<LeftOut> {
    return this.#takeWhere(() => true)
  }

  get hasLeftOut(): boolean {
    return Array.from(this.#reasons.values()).some(({ leftOut }) => leftOut > 0)
  }

  #takeWhere(isDue: (reason: Reason) => boolean): ReadonlyArray<LeftOut> {
    return Array.from(this.#reasons).flatMap(([name, reason]) => {
      const number = reason.leftOut
      if (number === 0 || !isDue(reason)) return []
      reason.leftOut = 0
      return [{ reason: name, number }]
    })
  }
}
