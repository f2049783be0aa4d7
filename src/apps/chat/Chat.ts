/**
 * `chat`: a room over a log. Posts, edits, topics and powers are events; what the app tells of them is in the log before. This is its dialect for
 * plain programs: the first message of a client is its nick, each later one a text for all, or a command.
 */
import * as HashMap from "effect/HashMap"
import * as Schema from "effect/Schema"
import type { LoggedEvent } from "../../protocol/conversation/LoggedEvent.ts"
import { saidIn } from "../../protocol/conversation/LoggedEvent.ts"
import { barOf } from "../../protocol/conversation/Powers.ts"
import type { Line } from "../../protocol/conversation/TimelineLine.ts"
import {
  type App,
  ask,
  type Attached,
  close,
  define,
  type LogInput,
  type Member,
  type Output,
  tell,
  tellSome,
  type Turn
} from "../App.ts"
import { ask as askPerson, makeClient, send, showMessage } from "../AppClient.ts"
import { typed } from "./ChatCommands.ts"
import { clockOf, nameOfPerson, reasonOf, textOf } from "./ChatLines.ts"
import { begin, type Chat, drafted, named, personOf, shownLines, withPerson } from "./ChatState.ts"

const askName = "Your name: "

const app: App<Chat, {}> = {
  name: "chat",
  summary: "a room with nicks, history, moderators and commands (/help)",
  config: Schema.Struct({}),
  audience: "all",
  dialects: [{ transport: "tcp", framing: "auto", port: 2323 }],
  init: (_, start) => begin(start),
  on: (chat, input, now) => {
    switch (input._tag) {
      case "Joined": {
        const { address, member } = input
        const person = { member, address, identity: undefined, n: 0, ignored: new Set<string>(), away: undefined }
        return [withPerson(chat, person), [tell(member, askName)]]
      }
      case "Left":
        return left(chat, input.member)
      case "Woken":
        return [chat, []]
      case "Said": {
        const person = personOf(chat, input.member)
        if (person === undefined) return [chat, []]
        return person.identity === undefined
          ? [chat, [ask(input.member, { _tag: "Nick", nick: input.text })]]
          : typed(chat, person, input.text, now)
      }
    }
  },
  onLog: (chat, input, now) => logged(chat, input, now),
  nameOf: (chat, member) => personOf(chat, member)?.identity?.nick,
  client: makeClient(
    () => undefined,
    (_, input) => {
      switch (input._tag) {
        case "Opened":
          return [undefined, [askPerson(askName)]]
        case "Received":
          return [undefined, [showMessage(input)]]
        case "Typed":
          return [undefined, input.line === "" ? [] : [send(input.line)]]
        case "Leaving":
        case "Ended":
          return [undefined, []]
      }
    }
  ),
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "ala\n" },
      { _tag: "Say", client: 1, message: "the build is green\n" },
      { _tag: "Join" },
      { _tag: "Say", client: 2, message: "Аla\n" },
      { _tag: "Say", client: 2, message: "bo\n" },
      { _tag: "Say", client: 2, message: "which one?\n" },
      { _tag: "Say", client: 1, message: "/re bo main\n" },
      { _tag: "Say", client: 2, message: "/tpoic Friday\n" },
      { _tag: "Say", client: 2, message: "/edit which branch?\n" },
      { _tag: "Say", client: 1, message: "/who\n" },
      { _tag: "Leave", client: 2 }
    ]
  }
}

const logged = (chat: Chat, input: LogInput, now: number): Turn<Chat> => {
  switch (input._tag) {
    case "Attached":
      return attached(chat, input, now)
    case "Denied": {
      const isNamed = personOf(chat, input.member)?.identity !== undefined
      return [chat, [tell(input.member, `* ${input.reason}${isNamed ? "" : "; please send another one"}`)]]
    }
    case "Recorded":
      return shown(chat, [input.event])
    case "FromLog":
      return shown(chat, input.events)
  }
}

/** A client has its first nick, or another one. A guest with another nick is another author: nothing shows that they are the same. */
const attached = (chat: Chat, { author, device, member, nick }: Attached, now: number): Turn<Chat> => {
  const person = personOf(chat, member)
  if (person === undefined) return [chat, []]
  if (barOf(chat.view.powers, author, now) === "ban") {
    return [chat, [tell(member, "* you are banned from this room"), close(member)]]
  }
  const before = person.identity
  const identity = { author, device, nick }
  if (before === undefined) {
    const [after, joined] = drafted(withPerson(chat, { ...person, identity }), member, "joined", {})
    return [after, [...greeting(chat, member, nick), ...joined]]
  }
  if (before.author === author) {
    return drafted(withPerson(chat, { ...person, identity }), member, "named", { name: nick.replace(/^~/, "") })
  }
  const [without, gone] = drafted(chat, member, "left", {})
  const own = personOf(without, member) ?? person
  const [after, joined] = drafted(withPerson(without, { ...own, identity }), member, "joined", {})
  return [after, [...gone, ...joined]]
}

/** The last lines of the room, its topic, and how to go on. */
const greeting = (chat: Chat, member: Member, nick: string): ReadonlyArray<Output> => {
  const { lines, topic } = chat.view
  const history = lines.slice(-shownLines).map((line) => `${clockOf(line.time)}  ${textOf(line, chat)}`)
  const head = `* you are ${nick} in ${chat.room}; /help lists the commands`
  return [
    tell(
      member,
      [...history, ...(topic === undefined ? [] : [`* topic: ${topic.replaceAll("\n", " ")}`]), head].join("\n")
    )
  ]
}

const left = (chat: Chat, member: Member): Turn<Chat> => {
  const person = personOf(chat, member)
  if (person === undefined) return [chat, []]
  const [after, gone] = drafted(chat, member, "left", {})
  return [{ ...after, people: HashMap.remove(after.people, member) }, gone]
}

/** Tells of events that are in the log now. */
const shown = (chat: Chat, events: ReadonlyArray<LoggedEvent>): Turn<Chat> => {
  const { view } = chat
  const before = events.map(({ re }) => re !== undefined && view.lineOf(re) !== undefined)
  view.add(events)
  const outputs: Array<Output> = []
  const readers = named(chat)
  for (const [at, event] of events.entries()) {
    const text = changeOf(event, before[at] === true, chat)
    if (text === undefined) continue
    const members = readers.filter(({ ignored }) => !ignored.has(event.author)).map(({ member }) => member)
    if (members.length > 0) outputs.push(tellSome(members, text))
    outputs.push(...expelled(chat, view.lineOf(event)))
  }
  return [chat, outputs]
}

/** What an event changes for readers: its own line, or that of the event that it is about, which may have been shown before. */
const changeOf = (event: LoggedEvent, wasShown: boolean, chat: Chat): string | undefined => {
  const { view } = chat
  const about = event.re === undefined ? undefined : view.lineOf(event.re)
  const said = saidIn(event)
  if (said?.kind === "edited") {
    const isApplied = about?._tag === "Said" && about.author === event.author && about.text === said.body.text
    return isApplied ? textOf(about, chat) : undefined
  }
  if (said?.kind === "removed") {
    const isApplied = wasShown && about === undefined
    return isApplied
      ? `* ${nameOfPerson(event.author, chat)} has removed a message${reasonOf(said.body.reason)}`
      : undefined
  }
  const line = view.lineOf(event)
  return line === undefined ? undefined : textOf(line, chat)
}

/** Ends the connections of a person who was kicked or banned. */
const expelled = (chat: Chat, line: Line | undefined): ReadonlyArray<Output> =>
  line?._tag !== "Barred" || (line.bar !== "kick" && line.bar !== "ban")
    ? []
    : named(chat).filter(({ identity }) => identity.author === line.person).map(({ member }) => close(member))

export const chat = define(app)
