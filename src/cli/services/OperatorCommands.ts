/** The commands of the operator of a server, typed on its terminal: their words, and what they do to the rooms. */
import * as Either from "effect/Either"
import type { Present, Room } from "../../conversation/Room.ts"
import { format } from "../../net/Address.ts"
import { nearest } from "../../protocol/NearestName.ts"
import * as AppEventText from "../report/AppEventText.ts"
import * as RoomEvents from "../report/RoomEvents.ts"
import { count, duration, harmless, listed, size } from "../text/Format.ts"

export type OperatorCommand =
  | { readonly _tag: "Who" }
  | { readonly _tag: "Kick"; readonly name: string }
  | { readonly _tag: "Pause" }
  | { readonly _tag: "Resume" }
  | { readonly _tag: "Log" }
  | { readonly _tag: "ClearLog" }
  | { readonly _tag: "Accounts" }
  | { readonly _tag: "Forget"; readonly name: string }
  | { readonly _tag: "Links" }
  | { readonly _tag: "Help" }
  | { readonly _tag: "Stop" }

/** The commands and their meanings, in the order of the help. */
const meanings: ReadonlyArray<readonly [words: string, meaning: string]> = [
  ["who", "list the clients of the rooms"],
  ["kick NAME", "end the connection of a client; NAME is its name or its address"],
  ["pause", "take no new clients"],
  ["resume", "take new clients again"],
  ["log", "show the latest events again"],
  ["log clear", "forget these events"],
  ["accounts", "list the names that rooms remember"],
  ["accounts forget NAME", "forget a name and its addresses"],
  ["links", "list the linked servers"],
  ["stop", "stop the server"],
  ["help", "show this list"]
]

/** The words that may begin a line, for completion. */
export const words: ReadonlyArray<string> = meanings.map(([phrase]) => phrase.replace(/ NAME$/, ""))

/** Reads a line; the error says what is wrong with it. */
export const parse = (line: string): Either.Either<OperatorCommand, string> => {
  const [first = "", second = "", ...more] = line.trim().split(/\s+/)
  const rest = [second, ...more].join(" ").trim()
  switch (`${first.toLowerCase()} ${second === "" ? "" : "+"}`.trim()) {
    case "who":
      return Either.right({ _tag: "Who" })
    case "pause":
      return Either.right({ _tag: "Pause" })
    case "resume":
      return Either.right({ _tag: "Resume" })
    case "links":
      return Either.right({ _tag: "Links" })
    case "help":
      return Either.right({ _tag: "Help" })
    case "stop":
      return Either.right({ _tag: "Stop" })
    case "log":
      return Either.right({ _tag: "Log" })
    case "accounts":
      return Either.right({ _tag: "Accounts" })
    case "kick +":
      return Either.right({ _tag: "Kick", name: rest })
    case "kick":
      return Either.left("kick needs a name: kick NAME")
    case "log +":
      return rest === "clear" ? Either.right({ _tag: "ClearLog" }) : Either.left("write log, or log clear")
    case "accounts +": {
      const name = more.join(" ")
      return second === "forget" && name !== ""
        ? Either.right({ _tag: "Forget", name })
        : Either.left("write accounts, or accounts forget NAME")
    }
    default: {
      const phrases = [...new Set(words.map((phrase) => phrase.split(" ")[0] ?? ""))]
      if (phrases.includes(first.toLowerCase())) return Either.left(`${first} takes no further words`)
      const near = nearest(first.toLowerCase(), phrases)
      return Either.left(
        `there is no command "${harmless(first)}"; ${near === undefined ? "help lists them" : `did you mean ${near}?`}`
      )
    }
  }
}

/** What the commands work on. */
export interface Operated {
  readonly rooms: ReadonlyArray<Room>
  readonly history: RoomEvents.History
  /** Unix time, in milliseconds. */
  readonly now: number
}

/** Executes a command; returns the lines to show. `Stop` has none: the server stops. */
export const execute = (command: OperatorCommand, { history, now, rooms }: Operated): ReadonlyArray<string> => {
  switch (command._tag) {
    case "Who":
      return whoOf(rooms, now)
    case "Kick":
      return kick(command.name, rooms)
    case "Pause":
    case "Resume": {
      const isPaused = command._tag === "Pause"
      for (const room of rooms) room.pause(isPaused)
      return [isPaused ? "no new clients are taken until resume" : "new clients are taken again"]
    }
    case "Log": {
      const lines = history.events().flatMap(lineOf)
      return lines.length === 0 ? ["no events yet"] : lines
    }
    case "ClearLog":
      history.clear()
      return ["the log is empty"]
    case "Accounts":
      return accountsOf(rooms)
    case "Forget":
      return forget(command.name, rooms)
    case "Links":
      return ["there are no linked servers"]
    case "Help": {
      const width = Math.max(...meanings.map(([phrase]) => phrase.length))
      return meanings.map(([phrase, meaning]) => `${phrase.padEnd(width)}  ${meaning}`)
    }
    case "Stop":
      return []
  }
}

const whoOf = (rooms: ReadonlyArray<Room>, now: number): ReadonlyArray<string> => {
  const lines = rooms.flatMap((room) =>
    room.present().map((client) => {
      const name = client.name === undefined ? "" : ` ${harmless(client.name)},`
      const amounts = `${size(client.receivedBytes)} received, ${size(client.sentBytes)} sent`
      return `${room.name}:${name} ${placeOf(client)}, for ${duration(Math.max(0, now - client.since))}: ${amounts}`
    })
  )
  const paused = rooms.filter((room) => room.isPaused()).length
  return [
    ...(lines.length === 0 ? ["no client is connected"] : lines),
    ...(paused === 0 ? [] : ["no new clients are taken until resume"])
  ]
}

const placeOf = ({ address, transport }: Present): string =>
  transport === "tcp" ? format(address) : `${format(address)} (${transport})`

const kick = (name: string, rooms: ReadonlyArray<Room>): ReadonlyArray<string> => {
  const all = rooms.flatMap((room) => room.present().map((client) => ({ room, client })))
  const found = all.filter(({ client }) => client.name === name || format(client.address) === name)
  const [only] = found
  if (only === undefined) return [`no client is called "${harmless(name)}"; who lists them`]
  if (found.length > 1) {
    return [
      `several clients are called "${harmless(name)}": ${listed(found.map(({ client }) => format(client.address)))}`
    ]
  }
  only.room.kick(only.client.member)
  return [`${format(only.client.address)} is disconnected from ${only.room.name}`]
}

/** A name with its addresses, for each room that remembers some. */
const accountsOf = (rooms: ReadonlyArray<Room>): ReadonlyArray<string> => {
  const lines = rooms.flatMap((room) => {
    const keys = new Map<string, Array<string>>()
    for (const [key, name] of Object.entries(room.remembered() ?? {})) keys.set(name, [...keys.get(name) ?? [], key])
    return Array.from(keys, ([name, known]) => `${room.name}: ${harmless(name)}, known by ${harmless(listed(known))}`)
  })
  return lines.length === 0 ? ["no names are remembered"] : lines
}

const forget = (name: string, rooms: ReadonlyArray<Room>): ReadonlyArray<string> => {
  const number = rooms.reduce((sum, room) => sum + room.forget(name), 0)
  return number === 0
    ? [`no room remembers "${harmless(name)}"; accounts lists the names`]
    : [`forgot "${harmless(name)}" and ${count(number, "address", "addresses")}`]
}

/** An event as the report shows it, with its time. */
const lineOf = ({ event, millis }: RoomEvents.Past): ReadonlyArray<string> => {
  const shown = RoomEvents.ofRoom(event)
  const line = "app" in shown
    ? shown.type === "logged" ? AppEventText.loggedOf(shown) : AppEventText.lineOf(shown)
    : shown.type === "error"
    ? shown.message
    : undefined
  return line === undefined ? [] : [`${clockTime(millis)} ${line}`]
}

/** Local time, as `09:05:16`. */
const clockTime = (millis: number): string => new Date(millis).toTimeString().slice(0, 8)
