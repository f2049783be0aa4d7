/**
 * `linked`: a chat over two servers. A client sends texts with a header of 64 bytes, and gets the bare texts of all, its own too. The other server
 * is a client as well, and this one is a client of it. `DISCONNECT` ends a connection.
 */
import * as HashSet from "effect/HashSet"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { type Address, format, parse } from "../../net/Address.ts"
import { harmlessOf } from "../../protocol/conversation/PostText.ts"
import { bytesOfHex, hexOf } from "../../protocol/Hex.ts"
import {
  type App,
  close,
  define,
  log,
  type Member,
  type Output,
  type Said,
  type Start,
  tell,
  tellSome,
  type Turn
} from "../App.ts"
import { type ClientInput, type ClientOutput, leave, makeClient, send, showMessage } from "../AppClient.ts"
import { shownOf } from "./HarmlessText.ts"
import { texts } from "./LetsTalk.ts"
import * as LinkedPeer from "./LinkedPeer.ts"

interface Servers {
  readonly language: Start["language"]
  readonly clients: HashSet.HashSet<Member>
  /** The other server as it was named. */
  readonly peerName: string
  readonly peer: LinkedPeer.LinkedPeer
  /** Whether the operator knows that texts are dropped. */
  readonly isDropping: boolean
}

/** `HOST~PORT`: a colon would be easy to take for that of a key. */
const server = Schema.transformOrFail(Schema.String, Schema.Struct({ host: Schema.String, port: Schema.Number }), {
  strict: true,
  decode: (text, _, ast) => {
    const [, host = "", port = ""] = /^(.*)[~:](\d{1,5})$/s.exec(text) ?? []
    const address = parse(host, Number(port)) ?? parse(`[${host}]`, Number(port))
    return address === undefined || address.port === 0 || address.port > 65_535
      ? ParseResult.fail(new ParseResult.Type(ast, text, "expected HOST~PORT, such as 192.0.2.1~2001"))
      : ParseResult.succeed(address)
  },
  encode: ({ host, port }) => ParseResult.succeed(`${host}~${port}`)
})

const config = Schema.Struct({
  peer: Schema.optionalWith(server, { exact: true }).annotations({
    description: "the other server, as HOST~PORT; without it, this one waits for others"
  })
})

const app: App<Servers, typeof config.Type> = {
  name: "linked",
  summary: "a chat over two servers that are clients of each other (peer:HOST~PORT)",
  config,
  audience: "all",
  dialects: [{ transport: "tcp", framing: "padded:64,oneway", port: 2000 }],
  dials: ({ peer }) => peer === undefined ? [] : [peer],
  init: (_, { language }) => ({
    language,
    clients: HashSet.empty(),
    peerName: "",
    peer: LinkedPeer.start,
    isDropping: false
  }),
  on: (state, input, now) => {
    switch (input._tag) {
      case "Joined":
        return input.dialed === undefined ? joined(state, input.member) : linked(state, input.member, input.dialed)
      case "Said":
        if (input.member === state.peer.server) {
          return done(state, LinkedPeer.received(state.peer, hexOf(input.bytes), now))
        }
        return said(state, input, now)
      case "Woken":
        return done({ ...state, isDropping: false }, LinkedPeer.woken(state.peer, now))
      case "Left":
        return left(state, input.member, now)
    }
  },
  deadline: ({ peer }) => LinkedPeer.deadline(peer),
  nameOf: ({ peer, peerName }, member) =>
    member === peer.server ? peerName : member === peer.inbound ? `${peerName} as a client` : undefined,
  client: makeClient(() => null, (state, input) => [state, reaction(input)]),
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "is the kettle on?" },
      { _tag: "Say", client: 2, message: "always" },
      { _tag: "Say", client: 2, message: "DISCONNECT" }
    ]
  }
}

const joined = (state: Servers, member: Member): Turn<Servers> => {
  const clients = HashSet.add(state.clients, member)
  return [{ ...state, clients, peer: LinkedPeer.joined(state.peer, member) }, [
    log(`[Active Connections] ${HashSet.size(clients)}`)
  ]]
}

const linked = (state: Servers, member: Member, dialed: Address): Turn<Servers> => {
  const peerName = format(dialed)
  return [{ ...state, peerName, peer: { ...state.peer, server: member } }, [log(`linked with ${peerName}`)]]
}

const left = (state: Servers, member: Member, now: number): Turn<Servers> => {
  const clients = HashSet.remove(state.clients, member)
  const [next, outputs] = done({ ...state, clients }, LinkedPeer.left(state.peer, member, now))
  if (member !== state.peer.server) return [next, outputs]
  return [next, [...outputs, log(`the link with ${state.peerName} has ended; it is dialed again`)]]
}

const said = (state: Servers, { bytes, member, text }: Said, now: number): Turn<Servers> => {
  if (text === undefined) return [state, [tell(member, texts[state.language].noText)]]
  if (isFarewell(text)) return [state, [close(member)]]
  return harmlessOf(text) === "" ? [state, []] : done(state, LinkedPeer.said(state.peer, member, hexOf(bytes), now))
}

/** Performs what a step of the peer asks for. */
const done = (state: Servers, [peer, acts]: LinkedPeer.Step): Turn<Servers> => {
  const outputs = acts.flatMap(({ _tag, text }): ReadonlyArray<Output> => {
    switch (_tag) {
      case "Show":
        return [tellSome(Array.from(state.clients), shownOf(text))]
      case "Send":
        return peer.server === undefined ? [] : [tell(peer.server, bytesOfHex(text))]
      case "Drop":
        return []
    }
  })
  if (state.isDropping || !acts.some(({ _tag }) => _tag === "Drop")) return [{ ...state, peer }, outputs]
  return [{ ...state, peer, isDropping: true }, [
    ...outputs,
    log(
      `texts to and from ${state.peerName} are dropped: there are too many in two seconds to tell new ones from those that return`
    )
  ]]
}

const isFarewell = (text: string): boolean => /^!?DISCONNECT(?:\r?\n)?$/.test(text)

/** The client of existing programs: it shows every read, and says farewell. */
const reaction = (input: ClientInput): ReadonlyArray<ClientOutput> => {
  switch (input._tag) {
    case "Opened":
    case "Ended":
      return []
    case "Received":
      return [showMessage(input)]
    case "Typed":
      return input.line === "" ? [] : [send(input.line), ...(isFarewell(input.line) ? [leave] : [])]
    case "Leaving":
      return [send("DISCONNECT")]
  }
}

export const linkedChat = define(app)
