/**
 * `letstalk`: many clients talk in one room. The first message of a client is its name, each later one is a text for all. What a text
 * would do to the terminals of others (controls, line ends) is removed; a client without a name gets and says nothing.
 */
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { oneLineOf } from "../../protocol/conversation/PostText.ts"
import { foldOf, nameOf } from "../../protocol/PlainName.ts"
import { type App, define, log, type Member, type Start, tell, tellSome, type Turn } from "../App.ts"
import { ask, makeClient, send, showMessage } from "../AppClient.ts"
import type { Texts } from "../Language.ts"
import { filled } from "../Wording.ts"

/** UTF-16 code units of a text, at most: a long paragraph, so that 4,096 clients are sent 16 MiB at most for one message. */
export const mostTextUnits = 4096

interface Talk {
  readonly language: Start["language"]
  readonly names: HashMap.HashMap<Member, string>
  /** The owner of each name, by its fold. */
  readonly owners: HashMap.HashMap<string, Member>
}

type Key = "askName" | "noName" | "taken" | "tooLong" | "noText"

export const texts: Texts<Key> = {
  en: {
    askName: "Your name: ",
    noName: "This cannot be a name. Please send another one",
    taken: "The name {name} is taken. Please send another one",
    tooLong: "The text has more than {most} characters and was not sent",
    noText: "The message is not text in UTF-8 and was not sent"
  },
  sk: {
    askName: "Vaše meno: ",
    noName: "Toto nemôže byť meno. Pošlite, prosím, iné",
    taken: "Meno {name} je obsadené. Pošlite, prosím, iné",
    tooLong: "Text má viac ako {most} znakov a nebol odoslaný",
    noText: "Správa nie je text v UTF-8 a nebola odoslaná"
  },
  sr: {
    askName: "Ваше име: ",
    noName: "Ово не може бити име. Пошаљите друго",
    taken: "Име {name} је заузето. Пошаљите друго",
    tooLong: "Текст има више од {most} знакова и није послат",
    noText: "Порука није текст у UTF-8 и није послата"
  },
  pl: {
    askName: "Twoje imię: ",
    noName: "To nie może być imię. Proszę podać inne",
    taken: "Imię {name} jest zajęte. Proszę podać inne",
    tooLong: "Tekst ma więcej niż {most} znaków i nie został wysłany",
    noText: "Wiadomość nie jest tekstem w UTF-8 i nie została wysłana"
  },
  uk: {
    askName: "Ваше ім'я: ",
    noName: "Це не може бути ім'ям. Надішліть, будь ласка, інше",
    taken: "Ім'я {name} зайняте. Надішліть, будь ласка, інше",
    tooLong: "У тексті більше ніж {most} знаків, його не надіслано",
    noText: "Повідомлення не є текстом у UTF-8, його не надіслано"
  },
  ru: {
    askName: "Ваше имя: ",
    noName: "Это не может быть именем. Пришлите, пожалуйста, другое",
    taken: "Имя {name} занято. Пришлите, пожалуйста, другое",
    tooLong: "В тексте больше {most} знаков, он не отправлен",
    noText: "Сообщение не является текстом в UTF-8, оно не отправлено"
  }
}

const app: App<Talk, {}> = {
  name: "letstalk",
  summary: "many people talk in one room",
  config: Schema.Struct({}),
  audience: "all",
  dialects: [{ transport: "tcp", framing: "auto", port: 8013 }],
  init: (_, { language }) => ({ language, names: HashMap.empty(), owners: HashMap.empty() }),
  on: (state, input) => {
    switch (input._tag) {
      case "Joined":
      case "Woken":
        return [state, []]
      case "Left":
        return left(state, input.member)
      case "Said":
        return Option.match(HashMap.get(state.names, input.member), {
          onNone: () => entered(state, input.member, input.text),
          onSome: (name) => said(state, input.member, name, input.text)
        })
    }
  },
  nameOf: ({ names }, member) => Option.getOrUndefined(HashMap.get(names, member)),
  client: makeClient(
    (language) => language,
    (language, input) => {
      switch (input._tag) {
        case "Opened":
          return [language, [ask(texts[language].askName)]]
        case "Received":
          return [language, [showMessage(input)]]
        case "Typed":
          return [language, input.line === "" ? [] : [send(input.line)]]
        case "Leaving":
        case "Ended":
          return [language, []]
      }
    }
  ),
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "ala" },
      { _tag: "Join" },
      { _tag: "Say", client: 2, message: "Ala" },
      { _tag: "Say", client: 2, message: "bo" },
      { _tag: "Say", client: 2, message: "is the kettle on?" },
      { _tag: "Say", client: 1, message: "always" },
      { _tag: "Leave", client: 2 }
    ]
  }
}

const entered = (state: Talk, member: Member, text: string | undefined): Turn<Talk> => {
  const own = texts[state.language]
  const name = nameOf(text)
  // A name with a colon would pass for the text of another.
  if (name === undefined || name.includes(":")) return [state, [tell(member, own.noName)]]
  const fold = foldOf(name)
  if (HashMap.has(state.owners, fold)) return [state, [tell(member, filled(own.taken, { name }))]]
  const next = {
    ...state,
    names: HashMap.set(state.names, member, name),
    owners: HashMap.set(state.owners, fold, member)
  }
  return [next, [tellSome(Array.from(HashMap.keys(state.names)), `User ${name} has entered room`)]]
}

const said = (state: Talk, member: Member, name: string, text: string | undefined): Turn<Talk> => {
  const own = texts[state.language]
  if (text === undefined) return [state, [tell(member, own.noText)]]
  if (text.length > mostTextUnits) return [state, [tell(member, filled(own.tooLong, { most: mostTextUnits }))]]
  const line = oneLineOf(text)
  if (line === "") return [state, []]
  return [state, [
    tellSome(Array.from(HashMap.keys(state.names)), `${name}: ${line}`),
    log(`User ${name} say ${line}`)
  ]]
}

const left = (state: Talk, member: Member): Turn<Talk> =>
  Option.match(HashMap.get(state.names, member), {
    onNone: () => [state, []],
    onSome: (name) => {
      const names = HashMap.remove(state.names, member)
      const next = { ...state, names, owners: HashMap.remove(state.owners, foldOf(name)) }
      return [next, [tellSome(Array.from(HashMap.keys(names)), `User ${name} has left room`)]]
    }
  })

export const letstalk = define(app)
