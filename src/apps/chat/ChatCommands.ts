/** What the commands of a person in a plain chat room do. */
import * as Either from "effect/Either"
import { commandNamed, formOf, helpOf } from "../../protocol/conversation/CommandWords.ts"
import type { KnownBody } from "../../protocol/conversation/EventBody.ts"
import type { PersonReference } from "../../protocol/conversation/Names.ts"
import { refusalOf } from "../../protocol/conversation/PostRules.ts"
import { oneLineOf } from "../../protocol/conversation/PostText.ts"
import { powerOf } from "../../protocol/conversation/Powers.ts"
import { barOf, type Command, parse } from "../../protocol/conversation/RoomCommand.ts"
import type { Line } from "../../protocol/conversation/TimelineLine.ts"
import { ask, close, type Recording, tell, type Turn } from "../App.ts"
import { textOf } from "./ChatLines.ts"
import { authorOf, type Chat, drafted, named, type Person, withPerson } from "./ChatState.ts"

/** The commands that a plain connection has. */
export const plainCommands: ReadonlyArray<string> =
  "leave who nick me topic re edit remove ignore away search mute kick ban power help".split(" ")

/** Lines that a search gives, at most: the newest. */
const mostFound = 20

/** A message of a person who has a name. */
export const typed = (chat: Chat, person: Person, text: string | undefined, now: number): Turn<Chat> => {
  if (text === undefined) return answer(chat, person, "the message is not text in UTF-8 and was not sent")
  const command = Either.merge(parse(text))
  if (typeof command === "string") return answer(chat, person, command)
  if (command._tag === "Nothing") return [chat, []]
  const wait = chat.rates.post(`${person.identity?.author}`, person.address, now)
  if (wait > 0) {
    return answer(chat, person, `too many messages; the next one can be sent in ${Math.ceil(wait / 1000)} s`)
  }
  return done(chat, person, command, now)
}

const done = (chat: Chat, person: Person, command: Command, now: number): Turn<Chat> => {
  const author = person.identity?.author ?? ""
  const post = (said: KnownBody, about?: Line): Turn<Chat> => posted(chat, person, said, about, now)
  const about = (reference: PersonReference, then: (author: string) => Turn<Chat>): Turn<Chat> => {
    const found = authorOf(chat, reference)
    return typeof found === "string" ? answer(chat, person, found) : then(found.author)
  }
  switch (command._tag) {
    case "Say":
      return post({ kind: "said", body: { text: command.text } })
    case "Me":
      return post({ kind: "said", body: { text: command.text, isAction: true } })
    case "Re":
      return about(command.person, (other) => {
        const line = chat.view.lastPostOf(other)
        return line === undefined
          ? answer(chat, person, "there is no message of this person to answer")
          : post({ kind: "said", body: { text: command.text } }, line)
      })
    case "Edit": {
      const line = chat.view.lastPostOf(author)
      return line?._tag !== "Said"
        ? answer(chat, person, "you have no message to edit")
        : post({ kind: "edited", body: { text: command.text } }, line)
    }
    case "Remove":
      return command.person === undefined
        ? post({ kind: "removed", body: {} }, chat.view.lastPostOf(author))
        : about(command.person, (other) => post({ kind: "removed", body: {} }, chat.view.lastPostOf(other)))
    case "Topic": {
      if (command.text === undefined) {
        const { topic } = chat.view
        return answer(chat, person, topic === undefined ? "this room has no topic" : `topic: ${oneLineOf(topic)}`)
      }
      return post({ kind: "topic", body: { text: command.text } })
    }
    case "Mute":
    case "Ban":
    case "Kick":
      return about(command.person, (other) => post(barOf(command, other, now)))
    case "Power":
      return about(
        command.person,
        (other) => post({ kind: "power", body: { person: other, power: command.power } })
      )
    case "Who":
      return answer(chat, person, whoOf(chat))
    case "Nick":
      return [chat, [ask(person.member, { _tag: "Nick", nick: command.nick })]]
    case "Ignore":
      return about(command.person, (other) => {
        const isIgnored = person.ignored.has(other)
        const ignored = new Set(
          isIgnored
            ? Array.from(person.ignored).filter((one) => one !== other)
            : [...person.ignored, other].slice(-mostIgnored)
        )
        return answer(
          withPerson(chat, { ...person, ignored }),
          person,
          isIgnored ? "you see this person again" : "you do not see this person any more"
        )
      })
    case "Away":
      return answer(
        withPerson(chat, { ...person, away: command.text }),
        person,
        command.text === undefined ? "you are back" : "you are away"
      )
    case "Search":
      return answer(chat, person, foundOf(chat, command.text))
    case "Help":
      return answer(chat, person, command.about === undefined ? helpText : helpOf(command.about).join("\n"))
    case "Leave":
      return [chat, [close(person.member)]]
    default:
      return answer(
        chat,
        person,
        `/${command._tag.toLowerCase()} is not available on a plain connection; /help lists what is`
      )
  }
}

/** Records a post, if the rules of the room allow it; `about` is the line that it concerns. */
const posted = (chat: Chat, person: Person, said: KnownBody, about: Line | undefined, now: number): Turn<Chat> => {
  const author = person.identity?.author ?? ""
  const kind = about?._tag === "File" ? "file" : "said"
  const target = about === undefined ? undefined : { author: about.author, kind }
  const refusal = refusalOf(chat.view.powers, { author, said, about: target }, now)
  return refusal === undefined
    ? drafted(chat, person.member, said.kind, said.body as Recording["draft"]["body"], about?.ref)
    : answer(chat, person, refusal)
}

/** People whom one person ignores, at most: the latest. */
const mostIgnored = 100

const answer = (chat: Chat, { member }: Person, text: string): Turn<Chat> => [
  chat,
  [tell(member, text.split("\n").map((line) => `* ${line}`).join("\n"))]
]

const whoOf = (chat: Chat): string => {
  const rows = named(chat).map(({ away, identity: { author, nick } }) => {
    const power = powerOf(chat.view.powers, author)
    return `${nick}${power === "speaker" ? "" : `, ${power}`}${away === undefined ? "" : `, away: ${oneLineOf(away)}`}`
  })
  return [`${rows.length} here`, ...rows].join("\n")
}

const foundOf = (chat: Chat, text: string): string => {
  const wanted = text.toLowerCase()
  const found = chat.view.lines.filter((line) => line._tag === "Said" && line.text.toLowerCase().includes(wanted))
  const lines = found.slice(-mostFound).map((line) => textOf(line, chat))
  return [`${found.length} found`, ...lines].join("\n")
}

const helpText = [
  ...plainCommands.flatMap((word) => {
    const command = commandNamed(word)
    return command === undefined ? [] : [`${formOf(command)}: ${command.help}`]
  }),
  "//TEXT: says a text that begins with /"
].join("\n")
