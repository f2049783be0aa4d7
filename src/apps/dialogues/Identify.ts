/**
 * `identify`: greets a client by the name of its address, or asks for the name and keeps it; with `accounts:true` the name is that of an
 * account, whose password is asked for. An address is no identity: many people may share one, and it changes; the app tells them so.
 */
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { mostGraphemes, nameOf } from "../../protocol/PlainName.ts"
import { canonicalHost } from "../../protocol/Source.ts"
import { type App, ask, close, define, log, type Member, type Remembered, type Said, tell, type Turn } from "../App.ts"
import { flag } from "../ConfigFields.ts"
import type { Language, Texts } from "../Language.ts"
import * as LogInTexts from "./LogInTexts.ts"
import * as Prompting from "./Prompting.ts"

interface State {
  readonly language: Language
  /** By host, the oldest first. */
  readonly names: Remembered
  readonly guests: HashMap.HashMap<Member, Guest>
  /** Whether a name is that of an account. */
  readonly hasAccounts: boolean
}

interface Guest {
  readonly host: string
  /** The account that it says is its own, before the password. */
  readonly claim?: string
  /** Whether the password is being checked. */
  readonly isChecked?: boolean
}

/** Names that are kept, at most: beyond it the oldest is forgotten. Each new one copies the table. */
const mostNames = 4096

const question = "Who are you?"

const app: App<State, { readonly accounts: boolean }> = {
  name: "identify",
  summary: "knows clients by their address, and asks the others who they are",
  config: Schema.Struct({ accounts: flag(false) }),
  audience: "all",
  isSecret: ({ accounts }) => accounts,
  dialects: [{ transport: "tcp", framing: "auto", port: 9091 }],
  init: ({ accounts }, { language }) => ({ language, names: {}, guests: HashMap.empty(), hasAccounts: accounts }),
  on: (state, input): Turn<State> => {
    switch (input._tag) {
      case "Joined": {
        const { address, member } = input
        const host = canonicalHost(address.host)
        const joined = withGuest(state, member, { host })
        const name = known(state.names, host)
        return name === undefined
          ? [joined, [tell(member, question)]]
          : [joined, [tell(member, `Hello, ${name}`), close(member)]]
      }
      case "Said":
        return said(state, input)
      case "Left":
        return [{ ...state, guests: HashMap.remove(state.guests, input.member) }, []]
      case "Woken":
        return [state, []]
    }
  },
  onAnswered: (state, { answer, member }) => {
    const host = hostOf(state, member)
    if (answer._tag === "Welcome" && host !== undefined) {
      return greeted(state, member, host, answer.name, "has logged in as")
    }
    if (answer._tag === "Welcome") return [state, []]
    return [state, [tell(member, LogInTexts.refusalOf(answer, state.language)), close(member)]]
  },
  nameOf: (state, member) => known(state.names, hostOf(state, member) ?? ""),
  memory: {
    of: ({ names }) => names,
    with: (state, names) => ({ ...state, names })
  },
  client: Prompting.clientOf(/\?\s*$|(?:^|\n)Password: ?\r?\n?$/),
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "ala" }
    ]
  }
}

/** A name, or the password of the account that a client has named before. */
const said = (state: State, { member, text }: Said): Turn<State> => {
  const guest = Option.getOrUndefined(HashMap.get(state.guests, member))
  // One attempt a connection: what comes before its answer is none.
  if (guest === undefined || guest.isChecked === true) return [state, []]
  if (guest.claim !== undefined) {
    const password = LogInTexts.typedOf({ text })
    const asked = ask(member, { _tag: "Password", name: guest.claim, password, isTokenless: true })
    return [withGuest(state, member, { ...guest, isChecked: true }), [asked]]
  }
  const name = nameOf(text)
  if (name === undefined) return [state, [tell(member, `${texts[state.language].name}\n${question}`)]]
  return state.hasAccounts
    ? [withGuest(state, member, { ...guest, claim: name }), [tell(member, "Password: ")]]
    : greeted(state, member, guest.host, name, "says it is")
}

const greeted = (state: State, member: Member, host: string, name: string, how: string): Turn<State> => [
  { ...state, names: remembered(state.names, host, name) },
  [
    log(`${host} ${how} ${name}`),
    tell(member, `Hello, ${name}\n${texts[state.language].changes}`),
    close(member)
  ]
]

const withGuest = (state: State, member: Member, guest: Guest): State => ({
  ...state,
  guests: HashMap.set(state.guests, member, guest)
})

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
  Option.getOrUndefined(HashMap.get(state.guests, member))?.host

const known = (names: Remembered, host: string): string | undefined =>
  Object.hasOwn(names, host) ? names[host] : undefined

/** The table with this name as its newest. */
const remembered = (names: Remembered, host: string, name: string): Remembered => {
  const others = Object.entries(names).filter(([one]) => one !== host)
  return Object.fromEntries([...others.slice(-(mostNames - 1)), [host, name]])
}

export const identify = define(app)
