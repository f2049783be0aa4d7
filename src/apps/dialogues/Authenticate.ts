/**
 * `authenticate`: a client says its name and its password, or `token` and a token as its first message, and is greeted by the name of its account.
 * The host checks them. Nothing is encrypted over plain TCP.
 */
import * as Schema from "effect/Schema"
import { type Answer, type App, ask, close, define, log, type Member, tell, type Turn } from "../App.ts"
import type { Language } from "../Language.ts"
import * as LogInTexts from "./LogInTexts.ts"
import * as Prompting from "./Prompting.ts"

interface State {
  readonly language: Language
  readonly step:
    | { readonly _tag: "Name" }
    | { readonly _tag: "Password"; readonly name: string }
    | { readonly _tag: "Asking" }
  /** The account that the client has logged in to. */
  readonly account: string | undefined
}

const app: App<State, {}> = {
  name: "authenticate",
  summary: "logs clients in to their accounts, by name and password or by a token",
  config: Schema.Struct({}),
  audience: "one",
  isSecret: () => true,
  dialects: [{ transport: "tcp", framing: "auto", port: 9092 }],
  init: (_, { language }) => ({ language, step: { _tag: "Name" }, account: undefined }),
  on: (state, input): Turn<State> => {
    switch (input._tag) {
      case "Joined":
        return [state, [tell(input.member, "Name: ")]]
      case "Said":
        return said(state, input.member, LogInTexts.typedOf(input))
      case "Left":
      case "Woken":
        return [state, []]
    }
  },
  onAnswered: (state, { answer, member }) => answered(state, member, answer),
  nameOf: ({ account }) => account,
  client: Prompting.clientOf(/(?:^|\n)(?:Name|Password): ?\r?\n?$/),
  example: {
    answer: { _tag: "Welcome", name: "ala", token: "ht1…" },
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
  if (answer._tag !== "Welcome") {
    const refused = answer._tag === "Wrong" ? [log("a log-in was refused")] : []
    return [state, [...refused, tell(member, LogInTexts.refusalOf(answer, state.language)), close(member)]]
  }
  const token = answer.token === undefined ? "" : ` Token: ${answer.token}`
  return [{ ...state, account: answer.name }, [
    log(`${answer.name} has logged in`),
    tell(member, `Welcome, ${answer.name}.${token}`),
    close(member)
  ]]
}

export const authenticate = define(app)
