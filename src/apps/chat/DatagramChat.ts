/**
 * `datagram-chat`: each datagram is relayed as it is to every other address. Its texts are the clients':
 * `[ala] => join chat `, `[ala] :: text`, `[ala] <= left chat `; the server only reads the name in them, for the operator.
 */
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { nameOf } from "../../protocol/PlainName.ts"
import { type App, close, define, type Member, tellAllBut, type Turn } from "../App.ts"
import { ask, type ClientInput, type ClientOutput, leave, makeClient, send, showMessage } from "../AppClient.ts"
import type { Language } from "../Language.ts"
import { texts } from "./LetsTalk.ts"

type Names = HashMap.HashMap<Member, string>

/** Addresses in the chat at the same time: each datagram is sent to all but one of them. */
const mostMembers = 64

const app: App<Names, {}> = {
  name: "datagram-chat",
  summary: "relays each datagram to every other sender",
  config: Schema.Struct({}),
  audience: "all",
  mostMembers,
  dialects: [{ transport: "udp", framing: "datagram", port: 8009, answersUnproved: true }],
  init: () => HashMap.empty(),
  on: (names, input): Turn<Names> => {
    if (input._tag === "Left") return [HashMap.remove(names, input.member), []]
    if (input._tag !== "Said") return [names, []]
    const { bytes, member, text = "" } = input
    const { written, verb } = /^\[(?<written>[^\][]{1,64})\] (?<verb>=>|::|<=) /.exec(text)?.groups ?? {}
    const name = nameOf(written)
    const known = name === undefined ? names : HashMap.set(names, member, name)
    return [known, [tellAllBut(member, bytes), ...(verb === "<=" ? [close(member)] : [])]]
  },
  nameOf: (names, member) => Option.getOrUndefined(HashMap.get(names, member)),
  client: makeClient(
    (language): ChatClient => ({ language, name: undefined }),
    (state, input) => reaction(state, input)
  ),
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "[ala] => join chat " },
      { _tag: "Join" },
      { _tag: "Say", client: 2, message: "[bo] => join chat " },
      { _tag: "Say", client: 1, message: "[ala] :: the build is green" },
      { _tag: "Say", client: 2, message: "[bo] :: which one?" },
      { _tag: "Say", client: 2, message: "[bo] <= left chat " }
    ]
  }
}

interface ChatClient {
  readonly language: Language
  readonly name: string | undefined
}

const reaction = (
  state: ChatClient,
  input: ClientInput
): readonly [ChatClient, ReadonlyArray<ClientOutput>] => {
  const { language, name } = state
  const { askName } = texts[language]
  switch (input._tag) {
    case "Opened":
      return [state, [ask(askName)]]
    case "Received":
      return [state, [showMessage(input)]]
    case "Leaving":
      return [state, name === undefined ? [] : [send(farewell(name))]]
    case "Ended":
      return [state, []]
    case "Typed": {
      const line = input.line.trim()
      if (name === undefined) {
        const wanted = /[\][]/.test(line) ? undefined : nameOf(line)
        if (wanted === undefined) return [state, [ask(askName)]]
        return [{ language, name: wanted }, [send(`[${wanted}] => join chat `)]]
      }
      if (line === "") return [state, []]
      return [state, line === "exit" ? [send(farewell(name)), leave] : [send(`[${name}] :: ${line}`)]]
    }
  }
}

const farewell = (name: string): string => `[${name}] <= left chat `

export const datagramChat = define(app)
