/**
 * What a line that a person types in a room does to its client. What needs more than the client, such as a terminal or a disk, is returned to
 * the shell. Powers are not checked here: the server decides.
 */
import * as Either from "effect/Either"
import type { CommandWord } from "../CommandWords.ts"
import { directRoomOf } from "../DirectRoom.ts"
import type { EventRef } from "../Event.ts"
import type { KnownBody } from "../EventBody.ts"
import { serverOfPerson } from "../EventBody.ts"
import { authorAmong } from "../KnownPeople.ts"
import type { PersonReference } from "../Names.ts"
import { oneLineOf } from "../PostText.ts"
import { barOf, type Command, parse } from "../RoomCommand.ts"
import type { RoomView } from "./ClientView.ts"
import type { RoomsClient } from "./RoomsClient.ts"

/** What is left to do for the shell. Texts are sentences without a full stop. */
export type Answer =
  | { readonly _tag: "Done" }
  | { readonly _tag: "Told" | "Wrong"; readonly text: string }
  /** The person wants to be in this room now. */
  | { readonly _tag: "Enter"; readonly room: string }
  | { readonly _tag: "Left"; readonly room: string }
  /** The view has them. The list of rooms comes with the event `Listed`. */
  | { readonly _tag: "Show"; readonly what: "people" | "rooms" | "links" }
  | { readonly _tag: "Help"; readonly about: CommandWord | undefined }
  | { readonly _tag: "Search"; readonly text: string }
  /** Files need the disk. */
  | { readonly _tag: "File"; readonly path: string }
  | { readonly _tag: "Get"; readonly number: number; readonly path: string | undefined }

/** Does what a line says, in the room that the person is in; `now` is Unix time in milliseconds. */
export const perform = (client: RoomsClient, room: string | undefined, line: string, now: number): Answer => {
  const command = Either.merge(parse(line))
  if (typeof command === "string") return wrong(command)
  const outside = withoutRoom(client, command)
  if (outside !== undefined) return outside
  const view = room === undefined ? undefined : client.roomView(room)
  return view === undefined
    ? wrong("you are in no room; enter one with /join ROOM")
    : inRoom(client, view, command, now)
}

const done: Answer = { _tag: "Done" }
const wrong = (text: string): Answer => ({ _tag: "Wrong", text })
const told = (text: string): Answer => ({ _tag: "Told", text })

/** Commands that mean the same in every room, and in none. */
const withoutRoom = (client: RoomsClient, command: Command): Answer | undefined => {
  switch (command._tag) {
    case "Nothing":
      return done
    case "Join":
      return entered(command.room, client.openRoom(command.room, { orMake: { access: "public" } }))
    case "Rooms":
      return after(client.listRooms(), { _tag: "Show", what: "rooms" })
    case "Links":
      return { _tag: "Show", what: "links" }
    case "Nick":
      return after(client.setNick(command.nick), done)
    case "Away": {
      const state = command.text === undefined ? "here" : "away"
      for (const { room } of client.view.rooms) client.setPresence(room, state)
      return told(state === "away" ? "you are away" : "you are back")
    }
    case "Help":
      return { _tag: "Help", about: command.about }
    default:
      return undefined
  }
}

const after = (problem: string | undefined, answer: Answer): Answer => problem === undefined ? answer : wrong(problem)

const entered = (room: string, problem: string | undefined): Answer => after(problem, { _tag: "Enter", room })

const inRoom = (client: RoomsClient, view: RoomView, command: Command, now: number): Answer => {
  const { room, timeline } = view
  const post = ({ body, kind }: KnownBody, re?: EventRef): Answer => {
    const posted = client.post(room, { kind, body, re }, now)
    return typeof posted === "string" ? wrong(posted) : done
  }
  const about = (reference: PersonReference, then: (author: string) => Answer): Answer => {
    const found = authorOf(client, view, reference)
    return typeof found === "string" ? wrong(found) : then(found.author)
  }
  switch (command._tag) {
    case "Say":
      return post({ kind: "said", body: { text: command.text } })
    case "Me":
      return post({ kind: "said", body: { text: command.text, isAction: true } })
    case "Re":
      return about(command.person, (other) => {
        const line = timeline.lastPostOf(other)
        return line === undefined
          ? wrong("there is no message of this person to answer")
          : post({ kind: "said", body: { text: command.text } }, line.ref)
      })
    case "Edit": {
      const line = lastOwn(client, view)
      return line?._tag === "Said"
        ? post({ kind: "edited", body: { text: command.text } }, line.ref)
        : wrong("you have no message to edit")
    }
    case "Remove": {
      const removed = (line: ReturnType<typeof lastOwn>): Answer =>
        line === undefined ? wrong("there is no message to remove") : post({ kind: "removed", body: {} }, line.ref)
      return command.person === undefined
        ? removed(lastOwn(client, view))
        : about(command.person, (other) => removed(timeline.lastPostOf(other)))
    }
    case "Topic":
      if (command.text !== undefined) return post({ kind: "topic", body: { text: command.text } })
      return told(timeline.topic === undefined ? "this room has no topic" : `topic: ${oneLineOf(timeline.topic)}`)
    case "Mute":
    case "Ban":
    case "Kick":
      return about(command.person, (other) => post(barOf(command, other, now)))
    case "Power":
      return about(command.person, (other) => post({ kind: "power", body: { person: other, power: command.power } }))
    case "Invite":
      if (view.access === "direct") return wrong("a direct room has two people only")
      if (view.access === "public") return wrong(`everybody may enter this room: /join ${room}`)
      return about(command.person, (other) => post({ kind: "power", body: { person: other, power: "speaker" } }))
    case "Ignore":
      return about(
        command.person,
        (other) =>
          told(client.toggleIgnored(other) ? "you do not see this person any more" : "you see this person again")
      )
    case "Msg":
      return about(command.person, (other) => toOne(client, other, command.text, now))
    case "Mark":
      client.markRead(room)
      return done
    case "Who":
      return { _tag: "Show", what: "people" }
    case "Leave":
      if (command.text !== undefined) {
        client.post(room, { kind: "said", body: { text: command.text }, re: undefined }, now)
      }
      client.closeRoom(room)
      return { _tag: "Left", room }
    case "Search":
      return { _tag: "Search", text: command.text }
    case "File":
      return { _tag: "File", path: command.path }
    case "Get":
      return { _tag: "Get", number: command.number, path: command.path }
    default:
      return done
  }
}

const lastOwn = ({ author }: RoomsClient, { timeline }: RoomView) =>
  author === undefined ? undefined : timeline.lastPostOf(author)

/** Says something to one person: in the room of both. */
const toOne = (client: RoomsClient, person: string, text: string, now: number): Answer => {
  const { author } = client
  if (author === undefined) return wrong("there is no connection to a server")
  if (author === person) return wrong("this is you")
  const room = directRoomOf(author, person)
  if (room === undefined) return wrong("the names of both are too long for a room")
  const problem = client.openRoom(room, { orMake: { access: "direct", person } })
  if (problem !== undefined) return wrong(problem)
  const posted = client.post(room, { kind: "said", body: { text }, re: undefined }, now)
  return typeof posted === "string" ? wrong(posted) : { _tag: "Enter", room }
}

/**
 * The author that a person means: one who is in this room, or of whom there is a line in it, or in another room. `ala@beta` may be a person that
 * no room here knows.
 */
const authorOf = (
  client: RoomsClient,
  view: RoomView,
  reference: PersonReference
): { readonly author: string } | string => {
  const server = serverOfPerson(client.author ?? "")
  const here = authorAmong(knownIn(view), server, reference)
  if (typeof here !== "string") return here
  const everywhere = new Map(client.view.rooms.flatMap((room) => Array.from(knownIn(room))))
  const there = authorAmong(everywhere, server, reference)
  if (typeof there !== "string") return there
  return reference.server === undefined ? here : { author: `${reference.nick}@${reference.server}` }
}

/** The nick of each author that a room knows. */
const knownIn = ({ people, timeline }: RoomView): ReadonlyMap<string, string> =>
  new Map(
    [...timeline.lines.map(({ author }) => author), ...people.map(({ person }) => person)].map((author) =>
      [author, timeline.nickOf(author)] as const
    )
  )
