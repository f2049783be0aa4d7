/**
 * `authenticate`: a client says its name and its password, or `token` and a token as its first message, and is greeted by the name of its account.
 * The host checks them. Nothing is encrypted over plain TCP.
 */
import * as Schema from "effect/Schema"
import { type Answer, type App, ask, close, define, log, type Member, tell, type Turn } from "../App.ts"
import type { Language, Texts } from "../Language.ts"
import { filled } from "../Wording.ts"

interface State {
  readonly language: Language
  readonly step:
    | { readonly _tag: "Name" }
    | { readonly _tag: "Password"; readonly name: string }
    | { readonly _tag: "Asking" }
  /** The account that the client has logged in to. */
  readonly account: string | undefined
}

/** UTF-16 code units of an answer, at most; of a longer one the rest makes it wrong. No name, password or token is as long. */
const mostUnits = 2048

const app: App<State, {}> = {
  name: "authenticate",
  summary: "logs clients in to their accounts, by name and password or by a token",
  config: Schema.Struct({}),
  audience: "one",
  isSecret: true,
  dialects: [{ transport: "tcp", framing: "auto", port: 9092 }],
  init: (_, { language }) => ({ language, step: { _tag: "Name" }, account: undefined }),
  on: (state, input): Turn<State> => {
    switch (input._tag) {
      case "Joined":
        return [state, [tell(input.member, "Name: ")]]
      case "Said":
        return said(state, input.member, (input.text ?? "").slice(0, mostUnits).replace(/\r?\n$/, ""))
      case "Left":
      case "Woken":
        return [state, []]
    }
  },
  onAnswered: (state, { answer, member }) => answered(state, member, answer),
  nameOf: ({ account }) => account,
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "ala" },
      { _tag: "Say", client: 1, message: "a pigeon flies" }
    ]
  }
}

const said = (state: State, member: Member, text: string): Turn<State> => {
  const { step } = state
  switch (step._tag) {
    case "Name": {
      const token = /^token +(.*)$/i.exec(text.trim())?.[1]
      return token === undefined
        ? [{ ...state, step: { _tag: "Password", name: text } }, [tell(member, "Password: ")]]
        : [{ ...state, step: { _tag: "Asking" } }, [ask(member, { _tag: "Token", token })]]
    }
    case "Password":
      return [{ ...state, step: { _tag: "Asking" } }, [
        ask(member, { _tag: "Password", name: step.name, password: text })
      ]]
    // One attempt a connection: what comes before its answer is none.
    case "Asking":
      return [state, []]
  }
}

const answered = (state: State, member: Member, answer: Answer): Turn<State> => {
  const { busy, wait } = texts[state.language]
  switch (answer._tag) {
    case "Welcome": {
      const token = answer.token === undefined ? "" : ` Token: ${answer.token}`
      return [{ ...state, account: answer.name }, [
        log(`${answer.name} has logged in`),
        tell(member, `Welcome, ${answer.name}.${token}`),
        close(member)
      ]]
    }
    case "Wrong":
      return [state, [log("a log-in was refused"), tell(member, "Wrong name or password"), close(member)]]
    case "Wait":
      return [state, [tell(member, filled(wait, { seconds: answer.seconds })), close(member)]]
    case "Busy":
      return [state, [tell(member, busy), close(member)]]
  }
}

export const texts: Texts<"wait" | "busy"> = {
  en: {
    wait: "Too many wrong passwords. Try again in {seconds} s.",
    busy: "No log-in is possible at the moment. Try again later."
  },
  sk: {
    wait: "Priveľa nesprávnych hesiel. Skúste to znova o {seconds} s.",
    busy: "Teraz sa nedá prihlásiť. Skúste to neskôr."
  },
  sr: {
    wait: "Превише погрешних лозинки. Покушајте поново за {seconds} с.",
    busy: "Пријава тренутно није могућа. Покушајте касније."
  },
  pl: {
    wait: "Za dużo błędnych haseł. Spróbuj ponownie za {seconds} s.",
    busy: "Logowanie nie jest teraz możliwe. Spróbuj później."
  },
  uk: {
    wait: "Забагато неправильних паролів. Спробуйте ще раз через {seconds} с.",
    busy: "Зараз увійти неможливо. Спробуйте пізніше."
  },
  ru: {
    wait: "Слишком много неверных паролей. Попробуйте ещё раз через {seconds} с.",
    busy: "Сейчас войти невозможно. Попробуйте позже."
  }
}

export const authenticate = define(app)
