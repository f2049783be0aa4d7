import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import { answers } from "../../../src/conversation/accounts/AccountQuestions.ts"
import { AccountError, type Reason } from "../../../src/conversation/accounts/Accounts.ts"
import { StoreError } from "../../../src/conversation/store/Store.ts"
import type { Address } from "../../../src/net/Address.ts"
import { accountsWorld } from "./accountsWorld.ts"

const from: Address = { host: "192.0.2.1", port: 5000 }

describe("the answers of accounts", () => {
  it.scoped("are a welcome with a new token for a password, without one for a token, and one refusal", () =>
    Effect.gen(function*() {
      const { accounts } = yield* accountsWorld()
      yield* accounts.add("Ala", "a pigeon flies")
      const ask = answers(accounts)
      const welcome = yield* ask({ _tag: "Password", name: "ala", password: "a pigeon flies" }, from)
      expect(welcome).toEqual({ _tag: "Welcome", name: "Ala", token: expect.stringMatching(/^ht1/) })
      const token = welcome._tag === "Welcome" ? welcome.token ?? "" : ""
      expect(yield* ask({ _tag: "Token", token }, from)).toEqual({ _tag: "Welcome", name: "Ala", token: undefined })
      for (
        const question of [
          { _tag: "Token", token: "x" },
          { _tag: "Password", name: "bo", password: "a pigeon flies" },
          { _tag: "Password", name: "", password: "" }
        ] as const
      ) {
        expect(yield* ask(question, from)).toEqual({ _tag: "Wrong" })
      }
      const waits = yield* Effect.forEach(
        Array.from({ length: 6 }, (_, at) => ({ ...from, port: at })),
        (address) => ask({ _tag: "Password", name: "ala", password: "a wrong one" }, address)
      )
      expect(waits.at(-1)).toEqual({ _tag: "Wait", seconds: 1 })
    }))

  it.effect("are Busy where the store fails or too many wait, and tell nothing else", () =>
    Effect.gen(function*() {
      const failing = (error: AccountError | StoreError) =>
        answers({ logIn: () => Effect.fail(error), logInByToken: () => Effect.fail(error) })({
          _tag: "Token",
          token: ""
        }, from)
      const refused = (reason: Reason) => failing(new AccountError({ reason, message: "m" }))
      expect(yield* refused("Busy")).toEqual({ _tag: "Busy" })
      expect(yield* refused("UnknownAccount")).toEqual({ _tag: "Wrong" })
      const silent = Logger.withMinimumLogLevel(LogLevel.None)
      expect(yield* silent(failing(new StoreError({ reason: "Io", message: "the disk" })))).toEqual({ _tag: "Busy" })
    }))
})
