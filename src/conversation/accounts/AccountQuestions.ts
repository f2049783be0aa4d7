/** Answers the questions of apps (`Ask`) from the accounts of the server. */
import * as Effect from "effect/Effect"
import type { AccountQuestion, Answer } from "../../apps/App.ts"
import type { Address } from "../../net/Address.ts"
import type { Failure, Shape as Accounts } from "./Accounts.ts"
import * as AccountSource from "./AccountSource.ts"

/** For `RoomOptions.ask`. A store that fails is logged, and answered as `Busy`. */
export const answers =
  (accounts: Pick<Accounts, "logIn" | "logInByToken">) =>
  (question: AccountQuestion, from: Address): Effect.Effect<Answer> =>
    Effect.catchAll(
      question._tag === "Password"
        ? Effect.map(
          accounts.logIn(question.name, question.password, AccountSource.of(from)),
          ({ account, token }): Answer => ({ _tag: "Welcome", name: account.name, token })
        )
        : Effect.map(
          accounts.logInByToken(question.token),
          ({ name }): Answer => ({ _tag: "Welcome", name, token: undefined })
        ),
      refused
    )

const refused = (error: Failure): Effect.Effect<Answer> => {
  if (error._tag === "StoreError") return Effect.as(Effect.logError(error.message), { _tag: "Busy" })
  switch (error.reason) {
    case "Wait":
      return Effect.succeed({ _tag: "Wait", seconds: Math.ceil((error.waitMillis ?? 0) / 1000) })
    case "Busy":
      return Effect.succeed({ _tag: "Busy" })
    default:
      return Effect.succeed({ _tag: "Wrong" })
  }
}
