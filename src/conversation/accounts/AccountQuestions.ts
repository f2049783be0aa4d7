/** Answers the questions of apps (`Ask`) from the accounts of the server. */
import * as Effect from "effect/Effect"
import type { AccountQuestion, Answer } from "../../apps/App.ts"
import type { Address } from "../../net/Address.ts"
import type { StoreError } from "../store/Store.ts"
import type { StoredAccount } from "../store/StoredRows.ts"
import type { AccountError, Failure, Shape as Accounts } from "./Accounts.ts"
import * as AccountSource from "./AccountSource.ts"

/** For `RoomOptions.ask`. A store that fails is answered as `Busy`; `onFailure` tells the operator. */
export const answers = (
  accounts: Pick<Accounts, "verify" | "logIn" | "logInByToken">,
  onFailure: (error: StoreError) => Effect.Effect<void> = ({ message }) => Effect.logError(message)
) =>
(question: AccountQuestion, from: Address): Effect.Effect<Answer> =>
  Effect.catchAll(
    answerOf(accounts, question, AccountSource.of(from)),
    (error) =>
      error._tag === "StoreError"
        ? Effect.as(onFailure(error), { _tag: "Busy" } as const)
        : Effect.succeed(refusalOf(error))
  )

const answerOf = (
  accounts: Pick<Accounts, "verify" | "logIn" | "logInByToken">,
  question: AccountQuestion,
  source: string
): Effect.Effect<Answer, Failure> => {
  if (question._tag === "Token") return Effect.map(accounts.logInByToken(question.token), welcome)
  const { isTokenless, name, password } = question
  return isTokenless === true
    ? Effect.map(accounts.verify(name, password, source), welcome)
    : Effect.map(accounts.logIn(name, password, source), ({ account, token }) => ({ ...welcome(account), token }))
}

const welcome = ({ name }: Pick<StoredAccount, "name">) => ({ _tag: "Welcome" as const, name, token: undefined })

const refusalOf = ({ reason, waitMillis = 0 }: AccountError): Answer => {
  switch (reason) {
    case "Wait":
      return { _tag: "Wait", seconds: Math.ceil(waitMillis / 1000) }
    case "Busy":
      return { _tag: "Busy" }
    default:
      return { _tag: "Wrong" }
  }
}
