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
      const tokenless = { _tag: "Password", name: "ALA", password: "a pigeon flies", isTokenless: true } as const
      expect(yield* ask(tokenless, from)).toEqual({ _tag: "Welcome", name: "Ala", token: undefined })
      expect(yield* accounts.tokens((yield* accounts.named("ala")).id)).toHaveLength(1)
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
      const failing = (error: AccountError | StoreError, onFailure?: Parameters<typeof answers>[1]) => {
        const fail = () => Effect.fail(error)
        return answers({ verify: fail, logIn: fail, logInByToken: fail }, onFailure)({ _tag: "Token", token: "" }, from)
      }
      const refused = (reason: Reason) => failing(new AccountError({ reason, message: "m" }))
      expect(yield* refused("Busy")).toEqual({ _tag: "Busy" })
      expect(yield* refused("UnknownAccount")).toEqual({ _tag: "Wrong" })
      const silent = Logger.withMinimumLogLevel(LogLevel.None)
      const broken = new StoreError({ reason: "Io", message: "the disk" })
      expect(yield* silent(failing(broken))).toEqual({ _tag: "Busy" })
      const failures: Array<string> = []
      yield* failing(broken, ({ message }) => Effect.sync(() => failures.push(message)))
      expect(failures).toEqual(["the disk"])
    }))
})
