/** The lines for people about apps and their clients. Everything from a client is made harmless, and is at most one line. */
import { format } from "../../net/Address.ts"
import { count, harmless, size } from "../text/Format.ts"
import * as TextLimits from "../text/TextLimits.ts"
import type { AppEvent, AppEventOf } from "./Report.ts"

/** The line of an event; undefined for one that is no line of standard error. */
export const lineOf = (event: AppEvent): string | undefined => {
  switch (event.type) {
    case "started":
      return `${event.app} has started`
    case "listening":
      return `${event.app} listens at ${format(event)}${event.transport === "tcp" ? "" : ` (${event.transport})`}`
    case "connected":
      return `${event.app}: ${peerOf(event)} connected`
    case "received":
      return `${event.app}: ${size(event.bytes)} from ${peerOf(event)}${contentOf(event)}`
    case "sent":
      return `${event.app}: ${size(event.bytes)} to ${peerOf(event)}`
    case "disconnected":
      return disconnectedOf(event)
    case "stopped":
      return `${event.app} has stopped after ${count(event.connections, "connection")}: ${amountsOf(event)}`
    case "logged":
    case "described":
      return undefined
  }
}

/** Whether an event is shown without `--verbose`. */
export const isShown = (event: AppEvent): boolean =>
  event.type === "stopped"
    ? event.connections > 0
    : event.type !== "started" && event.type !== "received" && event.type !== "sent"

/** What an app has logged: a line of standard output, which begins with the name of its room. */
export const loggedOf = ({ app, text }: AppEventOf<"logged">): string => `${app}: ${harmless(text)}`

const peerOf = ({ peer, transport }: { readonly peer: string; readonly transport: string }): string =>
  transport === "tcp" ? peer : `${peer} (${transport})`

const contentOf = ({ text }: AppEventOf<"received">): string => {
  if (text === undefined) return ""
  const shown = text.length <= TextLimits.messageCharacters ? text : `${text.slice(0, TextLimits.messageCharacters)}…`
  return `: ${harmless(shown.replace(/\r?\n$/, ""))}`
}

const disconnectedOf = (event: AppEventOf<"disconnected">): string => {
  const why = event.message === undefined ? "" : `: ${harmless(event.message)}`
  return `${event.app}: ${peerOf(event)} ${departures[event.reason]}${why}; ${amountsOf(event)}`
}

const amountsOf = ({ receivedBytes, sentBytes }: { readonly receivedBytes: number; readonly sentBytes: number }) =>
  `${size(receivedBytes)} received, ${size(sentBytes)} sent`

const departures: Readonly<Record<AppEventOf<"disconnected">["reason"], string>> = {
  ended: "left",
  reset: "was cut off",
  silent: "fell silent",
  kicked: "was removed by the operator",
  slow: "was disconnected, because it reads too slowly",
  failed: "was disconnected after an error",
  stopping: "was disconnected, because the server stops",
  refused: "was refused",
  left: "was left by this side"
}
