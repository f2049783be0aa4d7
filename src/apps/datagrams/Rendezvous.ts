/**
 * `rendezvous`: two clients that know one word learn each other's address as the server sees it, and then send to each other, so that
 * each opens the way for the other in the NAT before it. A question is `meet WORD`, padded with spaces to 64 bytes; no answer is longer, so
 * that the server is no amplifier.
 *
 * No message says whether they reached each other. A client that does not get through to its peer goes on sending to the server: from 5 s after the
 * meeting the server relays what it gets from one of the two to the other, at a limited rate.
 */
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type Address, format } from "../../net/Address.ts"
import { type App, define, log, type Member, type Output, tell, type Turn } from "../App.ts"
import { ask, makeClient, send, showMessage } from "../AppClient.ts"
import type { Language } from "../Language.ts"
import { texts } from "./DatagramTexts.ts"

/** The size of a question, in bytes: the longest answer, with an IPv6 address, has 52. */
export const questionBytes = 64

/** The time that two clients have to reach each other before the server relays, in milliseconds. */
export const attemptMillis = 5000

/** Datagrams that are relayed for one client: at once, and in each second after that. A typed line is one, an audio frame too. */
export const relayBurst = 64
export const relaysPerSecond = 32

interface Guest {
  readonly address: Address
  /** The word for which it waits. */
  readonly word?: string | undefined
  /** Whom it has met, and when. */
  readonly peer?: Member | undefined
  readonly metAt: number
  /** Datagrams that may be relayed at `relayedAt`. */
  readonly relays: number
  readonly relayedAt: number
}

interface State {
  readonly guests: HashMap.HashMap<Member, Guest>
  /** The client that waits for each word. */
  readonly waiting: HashMap.HashMap<string, Member>
}

const app: App<State, {}> = {
  name: "rendezvous",
  summary: "tells two clients that know a word each other's address, and relays if they need it",
  config: Schema.Struct({}),
  audience: "all",
  mostMembers: 256,
  dialects: [{ transport: "udp", framing: "datagram", port: 8010, answersUnproved: true }],
  init: () => ({ guests: HashMap.empty(), waiting: HashMap.empty() }),
  on: (state, input, now): Turn<State> => {
    switch (input._tag) {
      case "Joined": {
        const guest = { address: input.address, metAt: 0, relays: relayBurst, relayedAt: now }
        return [withGuest(state, input.member, guest), []]
      }
      case "Left":
        return [without(state, input.member), []]
      case "Said": {
        const guest = guestOf(state, input.member)
        if (guest === undefined) return [state, []]
        const word = wordOf(input.text, input.bytes.length)
        return word === undefined
          ? relay(state, input.member, guest, input.bytes, now)
          : meet(state, input.member, guest, word, now)
      }
      case "Woken":
        return [state, []]
    }
  },
  client: makeClient(
    (language) => ({ language, hasAsked: false }),
    (state: { readonly language: Language; readonly hasAsked: boolean }, input) => {
      const question = ask(texts[state.language].askWord)
      switch (input._tag) {
        case "Opened":
          return [state, [question]]
        case "Received":
          return [state, [showMessage(input)]]
        case "Typed": {
          if (state.hasAsked) return [state, [send(input.line)]]
          const meeting = `meet ${input.line.trim()}`.padEnd(questionBytes)
          const isWord = wordOf(meeting, questionBytes) !== undefined
          return [{ ...state, hasAsked: isWord }, [isWord ? send(meeting) : question]]
        }
        case "Leaving":
        case "Ended":
          return [state, []]
      }
    }
  ),
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "meet dove".padEnd(questionBytes) },
      { _tag: "Join" },
      { _tag: "Say", client: 2, message: "meet dove".padEnd(questionBytes) },
      { _tag: "Wait", millis: attemptMillis },
      { _tag: "Say", client: 1, message: "do you get this?" },
      { _tag: "Say", client: 2, message: "yes" }
    ]
  }
}

/** The word of a question; undefined for any other datagram. A question that is too short gets no answer, which would be longer. */
const wordOf = (text: string | undefined, length: number): string | undefined =>
  length < questionBytes ? undefined : /^meet ([!-~]{1,16})\s*$/.exec(text ?? "")?.[1]

const guestOf = ({ guests }: State, member: Member): Guest | undefined =>
  Option.getOrUndefined(HashMap.get(guests, member))

const withGuest = (state: State, member: Member, guest: Guest): State => ({
  ...state,
  guests: HashMap.set(state.guests, member, guest)
})

/** Answers a question: `wait`, or the addresses to both. */
const meet = (state: State, member: Member, guest: Guest, word: string, now: number): Turn<State> => {
  const met = guest.peer === undefined ? undefined : guestOf(state, guest.peer)
  // The answer was lost: the word of the meeting is asked again within the attempt.
  if (met !== undefined && guest.word === word) return [state, [peerAnswer(member, met.address)]]
  const free = released(state, member, guest)
  const other = Option.getOrUndefined(HashMap.get(free.waiting, word))
  const peer = other === undefined ? undefined : guestOf(free, other)
  if (other === undefined || peer === undefined) {
    const waiting = HashMap.set(free.waiting, word, member)
    return [withGuest({ ...free, waiting }, member, { ...guest, word, peer: undefined }), [tell(member, "wait")]]
  }
  const waiting = HashMap.remove(free.waiting, word)
  const one = withGuest({ ...free, waiting }, member, { ...guest, word, peer: other, metAt: now })
  return [withGuest(one, other, { ...peer, word, peer: member, metAt: now }), [
    peerAnswer(other, guest.address),
    peerAnswer(member, peer.address),
    log(`${format(peer.address)} and ${format(guest.address)} have met`)
  ]]
}

const peerAnswer = (member: Member, address: Address): Output => tell(member, `peer ${format(address)}`)

/** The state after this client has given up its word or its peer. */
const released = (state: State, member: Member, { peer, word }: Guest): State => {
  const { guests, waiting } = state
  if (peer === undefined) {
    const isWaiting = word !== undefined && Option.getOrUndefined(HashMap.get(waiting, word)) === member
    return isWaiting ? { guests, waiting: HashMap.remove(waiting, word) } : state
  }
  const other = guestOf(state, peer)
  return other === undefined ? state : withGuest(state, peer, { ...other, peer: undefined, word: undefined })
}

const without = (state: State, member: Member): State => {
  const guest = guestOf(state, member)
  const { guests, waiting } = guest === undefined ? state : released(state, member, guest)
  return { guests: HashMap.remove(guests, member), waiting }
}

/** Passes a datagram on to the peer, if the two have had their time. */
const relay = (state: State, member: Member, guest: Guest, bytes: Uint8Array, now: number): Turn<State> => {
  const { metAt, peer, relayedAt, relays } = guest
  if (peer === undefined || now < metAt + attemptMillis) return [state, []]
  const allowed = Math.min(relayBurst, relays + (now - relayedAt) / 1000 * relaysPerSecond)
  if (allowed < 1) return [state, []]
  return [withGuest(state, member, { ...guest, relays: allowed - 1, relayedAt: now }), [tell(peer, bytes)]]
}

export const rendezvous = define(app)
