/** The JSON report: one object per line on standard output, and nothing else. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Format from "../text/Format.ts"
import { Backlog } from "./Backlog.ts"
import { lineOf } from "./JsonLine.ts"
import type { Output } from "./Output.ts"
import type { Report, ReportEvent } from "./Report.ts"
import * as Trace from "./Trace.ts"

/** The interval of progress lines for one message, in milliseconds. */
const everyMillis = 1000

export interface JsonOptions {
  /** Whether `frame` events have their payload. */
  readonly showsPayload?: boolean
  /** The clock for frames, which are reported outside of Effect; milliseconds. */
  readonly now?: () => number
}

/** A report that writes JSON lines to `stdout`. */
export const json = (stdout: Output, { now = Date.now, showsPayload = false }: JsonOptions = {}): Report => {
  const backlog = new Backlog(stdout)
  const writeLeftOut = (millis: number): void => {
    const message = backlog.takeNote()
    if (message !== undefined) stdout.write(lineOf({ type: "warning", code: "FramesLeftOut", message }, millis))
  }
  const emit = (event: ReportEvent): Effect.Effect<void> =>
    Effect.flatMap(Clock.currentTimeMillis, (millis) => {
      writeLeftOut(millis)
      stdout.write(lineOf(event, millis), event.type === "received" && !("app" in event))
      return stdout.drained
    })
  return {
    emit,
    note: () => Effect.void,
    detail: () => Effect.void,
    frame: (traced) => {
      if (!backlog.admits()) return
      const millis = now()
      writeLeftOut(millis)
      stdout.write(lineOf(Trace.eventOf(traced, showsPayload), millis))
    },
    cleared: Effect.void,
    progress: (underway) => {
      let before: ReadonlyMap<string, number> = new Map()
      return Effect.suspend(() => {
        const messages = underway().filter(({ verb }) => verb !== "connecting")
          .map(({ bytes, id, isEstimate, size }) => ({ id, size: isEstimate ? undefined : size, bytes: bytes() }))
        // A message that is sent again, to a server that was restarted, begins with fewer bytes.
        const rateOf = (id: string, bytes: number) =>
          Format.bitRate(Math.max(0, bytes - (before.get(id) ?? 0)), everyMillis)
        const events = messages.map(({ bytes, id, size }) =>
          emit({ type: "progress", id, bytes, size, rateBitsPerSecond: rateOf(id, bytes) })
        )
        before = new Map(messages.map(({ bytes, id }) => [id, bytes]))
        return Effect.all(events, { discard: true })
      }).pipe(Effect.delay(everyMillis), Effect.forever)
    }
  }
}
