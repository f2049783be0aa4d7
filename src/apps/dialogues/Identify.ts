/**
 * `identify`: greets a client by the name of its address, or asks for the name and keeps it. An address is no identity: many people may
 * share one, and it changes; the app tells them so.
 */
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { mostGraphemes, nameOf } from "../../protocol/PlainName.ts"
import { canonicalHost } from "../../protocol/Source.ts"
import { type App, close, define, log, type Member, type Remembered, tell, type Turn } from "../App.ts"
import { makeClient, show } from "../AppClient.ts"
import type { Language, Texts } from "../Language.ts"
import * as Prompting from "./Prompting.ts"

interface State {
  readonly language: Language
  /** By host, the oldest first. */
  readonly names: Remembered
  readonly hosts: HashMap.HashMap<Member, string>
}

/** Names that are kept, at most: beyond it the oldest is forgotten. Each new one copies the table. */
const mostNames = 4096

const question = "Who are you?"

const app: App<State, {}> = {
  name: "identify",
  summary: "knows clients by their address, and asks the others who they are",
  config: Schema.Struct({}),
  audience: "all",
  dialects: [{ transport: "tcp", framing: "auto", port: 9091 }],
  init: (_, { language }) => ({ language, names: {}, hosts: HashMap.empty() }),
  on: (state, input): Turn<State> => {
    switch (input._tag) {
      case "Joined": {
        const { address, member } = input
        const host = canonicalHost(address.host)
        const hosts = HashMap.set(state.hosts, member, host)
        const name = known(state.names, host)
        return name === undefined
          ? [{ ...state, hosts }, [tell(member, question)]]
          : [{ ...state, hosts }, [tell(member, `Hello, ${name}`), close(member)]]
      }
      case "Said": {
        const { member, text } = input
        const { changes, name: refusal } = texts[state.language]
        const name = nameOf(text)
        const host = hostOf(state, member)
        if (name === undefined || host === undefined) return [state, [tell(member, `${refusal}\n${question}`)]]
        return [{ ...state, names: remembered(state.names, host, name) }, [
          log(`${host} is ${name}, by its own account`),
          tell(member, `Hello, ${name}\n${changes}`),
          close(member)
        ]]
      }
      case "Left":
        return [{ ...state, hosts: HashMap.remove(state.hosts, input.member) }, []]
      case "Woken":
        return [state, []]
    }
  },
  nameOf: (state, member) => known(state.names, hostOf(state, member) ?? ""),
  memory: {
    of: ({ names }) => names,
    with: (state, names) => ({ ...state, names })
  },
  client: makeClient(
    () => Prompting.initial,
    (state, input) => {
      if (input._tag === "Typed") return Prompting.typed(state, input)
      if (input._tag !== "Received") return [state, []]
      const next = Prompting.received(state, input.text ?? "")
      if (next.seen.trimEnd().endsWith("?")) return Prompting.question(next)
      return next.prompt === undefined ? [{ ...next, seen: "" }, [show(next.seen.trimEnd())]] : [next, []]
    }
  ),
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "ala" }
    ]
  }
}

export const texts: Texts<"name" | "changes"> = {
  en: {
    name: `A name has 1 to ${mostGraphemes} visible characters.`,
    changes: "Next time your address tells me the name. It proves nothing: others may share it, and it may change."
  },
  sk: {
    name: `Meno má 1 až ${mostGraphemes} viditeľných znakov.`,
    changes: "Nabudúce vás spoznám podľa adresy. Nie je to dôkaz: môžu ju mať aj iní a môže sa zmeniť."
  },
  sr: {
    name: `Име има од 1 до ${mostGraphemes} видљива знака.`,
    changes: "Следећи пут ћу вас познати по адреси. То није доказ: могу је имати и други, и може се променити."
  },
  pl: {
    name: `Imię ma od 1 do ${mostGraphemes} widocznych znaków.`,
    changes: "Następnym razem rozpoznam po adresie. To nie dowód: mogą go mieć też inni i może się zmienić."
  },
  uk: {
    name: `Ім'я має від 1 до ${mostGraphemes} видимих символів.`,
    changes: "Наступного разу впізнаю вас за адресою. Це не доказ: її можуть мати й інші, і вона може змінитися."
  },
  ru: {
    name: `В имени от 1 до ${mostGraphemes} видимых символов.`,
    changes: "В следующий раз узнаю вас по адресу. Это не доказательство: он может быть общим и может измениться."
  }
}

const hostOf = (state: State, member: Member): string | undefined =>
  Option.getOrUndefined(HashMap.get(state.hosts, member))

const known = (names: Remembered, host: string): string | undefined =>
  Object.hasOwn(names, host) ? names[host] : undefined

/** The table with this name as its newest. */
const remembered = (names: Remembered, host: string, name: string): Remembered => {
  const others = Object.entries(names).filter(([one]) => one !== host)
  return Object.fromEntries([...others.slice(-(mostNames - 1)), [host, name]])
}

export const identify = define(app)
