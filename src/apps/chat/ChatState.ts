/** The state of a chat room: the people who are connected, and the newest part of the log. */
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import type { Address } from "../../net/Address.ts"
import { authorAmong } from "../../protocol/conversation/KnownPeople.ts"
import type { LoggedEvent } from "../../protocol/conversation/LoggedEvent.ts"
import type { PersonReference } from "../../protocol/conversation/Names.ts"
import { defaultRates, Rates } from "../../protocol/conversation/Rates.ts"
import { Timeline } from "../../protocol/conversation/Timeline.ts"
import { type Attached, type Member, record, type Recording, type Start, type Turn } from "../App.ts"

/** Events of the log that a room has in memory, for the history and for what changes an earlier post. */
export const keptEvents = 500

/** Lines that a newcomer is shown. */
export const shownLines = 50

export interface Person {
  readonly member: Member
  readonly address: Address
  /** Undefined before the client has given a name. */
  readonly identity: Pick<Attached, "author" | "nick" | "device"> | undefined
  /** The number of its last event. */
  readonly n: number
  /** Authors whose posts are hidden from it. */
  readonly ignored: ReadonlySet<string>
  readonly away: string | undefined
}

export interface Chat {
  readonly room: string
  readonly server: string
  readonly people: HashMap.HashMap<Member, Person>
  /** The newest part of the log. Events alone change it, in place, and one that comes again changes nothing. */
  readonly view: Timeline
  /** Counters of posts, which change in place: they decide what is accepted, and not what is shown. */
  readonly rates: Rates
}

export const begin = ({ room, seed, server }: Start): Chat => ({
  room,
  server,
  people: HashMap.empty(),
  view: new Timeline(room, { most: keptEvents }),
  rates: new Rates(defaultRates, () => (seed[0] ?? 0) / 256)
})

export const personOf = ({ people }: Chat, member: Member): Person | undefined =>
  Option.getOrUndefined(HashMap.get(people, member))

export const withPerson = (chat: Chat, person: Person): Chat => ({
  ...chat,
  people: HashMap.set(chat.people, person.member, person)
})

export interface Named extends Person {
  readonly identity: NonNullable<Person["identity"]>
}

/** The people who have a name, in the order in which they came: found once for all events of a turn, which leave them as they are. */
export const named = ({ people }: Chat): ReadonlyArray<Named> => {
  const known = namedOf.get(people)
  if (known !== undefined) return known
  const found = Array.from(HashMap.values(people)).filter(isNamed).toSorted((one, other) => one.member - other.member)
  namedOf.set(people, found)
  return found
}

const namedOf = new WeakMap<Chat["people"], ReadonlyArray<Named>>()

const isNamed = (person: Person): person is Named => person.identity !== undefined

/** The author that a person means: one who is here, or of whom there is a line in memory. The text is what is wrong. */
export const authorOf = (chat: Chat, reference: PersonReference): { readonly author: string } | string => {
  const seen = new Map(chat.view.lines.map(({ author }) => [author, chat.view.nickOf(author)]))
  for (const { identity } of named(chat)) seen.set(identity.author, identity.nick)
  return authorAmong(seen, chat.server, reference)
}

/** The next event of a person, and the room after it. */
export const drafted = (
  chat: Chat,
  member: Member,
  kind: string,
  body: Recording["draft"]["body"],
  re?: LoggedEvent["re"]
): Turn<Chat> => {
  const person = personOf(chat, member)
  if (person?.identity === undefined) return [chat, []]
  const { identity: { author, device }, n } = person
  const draft = { author, device, n: n + 1, kind, body, ...(re === undefined ? {} : { re }) }
  return [withPerson(chat, { ...person, n: n + 1 }), [record(draft)]]
}
