/** Who is connected to the server: since when, and what they have sent. It listens to the report. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Report, ReportEvent } from "../report/Report.ts"
import * as Format from "../text/Format.ts"

interface Guest {
  readonly sinceMillis: number
  texts: number
  files: number
  bytes: number
}

export class Guests {
  readonly #guests = new Map<string, Guest>()

  /** The same report, overheard. */
  overhearing(report: Report): Report {
    return {
      ...report,
      emit: (event) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          this.#note(event, now)
          return report.emit(event)
        })
    }
  }

  /** A line for each, in the order of their coming. */
  get lines(): Effect.Effect<ReadonlyArray<string>> {
    return Effect.map(Clock.currentTimeMillis, (now) => {
      if (this.#guests.size === 0) return ["nobody is connected"]
      return Array.from(this.#guests, ([peer, { bytes, files, sinceMillis, texts }]) => {
        const sent = `${Format.count(texts, "text")} and ${Format.count(files, "file")}, ${Format.size(bytes)}`
        return `${peer}, since ${clockTime(sinceMillis)} (${Format.duration(now - sinceMillis)}): ${sent}`
      })
    })
  }

  #note(event: ReportEvent, now: number): void {
    if (event.type === "connected") {
      this.#guests.set(event.peer, { sinceMillis: now, texts: 0, files: 0, bytes: 0 })
    } else if (event.type === "disconnected") this.#guests.delete(event.peer)
    else if (event.type === "received") {
      const guest = this.#guests.get(event.peer)
      if (guest === undefined) return
      if (event.kind === "text") guest.texts++
      else guest.files++
      guest.bytes += event.size
    }
  }
}

/** Local time, as `09:05:16`. */
const clockTime = (millis: number): string => new Date(millis).toTimeString().slice(0, 8)
