/**
 * The peers that are connected to the server, with their start time and received amounts. It observes the report's
 * events.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Report, ReportEvent } from "../report/Report.ts"
import * as Format from "../text/Format.ts"

interface ConnectedPeer {
  readonly sinceMillis: number
  texts: number
  files: number
  bytes: number
}

export class ConnectedPeers {
  readonly #peers = new Map<string, ConnectedPeer>()

  /** The same report; its events are observed first. */
  observing(report: Report): Report {
    return {
      ...report,
      emit: (event) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          this.#note(event, now)
          return report.emit(event)
        })
    }
  }

  /** A line for each peer, in the order in which they connected. */
  get lines(): Effect.Effect<ReadonlyArray<string>> {
    return Effect.map(Clock.currentTimeMillis, (now) => {
      if (this.#peers.size === 0) return ["no peer is connected"]
      return Array.from(this.#peers, ([peer, { bytes, files, sinceMillis, texts }]) => {
        const sent = `${Format.count(texts, "text")} and ${Format.count(files, "file")}, ${Format.size(bytes)}`
        return `${peer}, since ${clockTime(sinceMillis)} (${Format.duration(now - sinceMillis)}): ${sent}`
      })
    })
  }

  #note(event: ReportEvent, now: number): void {
    if ("app" in event) return
    if (event.type === "connected") {
      this.#peers.set(event.peer, { sinceMillis: now, texts: 0, files: 0, bytes: 0 })
    } else if (event.type === "disconnected") this.#peers.delete(event.peer)
    else if (event.type === "received") {
      const peer = this.#peers.get(event.peer)
      if (peer === undefined) return
      if (event.kind === "text") peer.texts++
      else peer.files++
      peer.bytes += event.size
    }
  }
}

/** Local time, as `09:05:16`. */
const clockTime = (millis: number): string => new Date(millis).toTimeString().slice(0, 8)
