import { expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as Events from "../../src/telemetry/Events.ts"

const head = { v: 1, time: "2026-11-30T14:00:00.000Z" }
const account = {
  ...head,
  type: "account",
  name: "ala",
  created: "2026-11-30T14:00:00Z",
  password: true,
  keys: ["hk1"]
}
const isLine = (value: unknown) => Either.isRight(Schema.decodeUnknownEither(Events.Event)(value))

it.each([
  account,
  { ...head, type: "accountForgotten", name: "ala" },
  { ...head, type: "invitation", invitation: "hi1", expires: "2026-12-07T14:00:00Z" }
])("a line about accounts is one of the lines of the program: %j", (value) => {
  expect(isLine(value)).toBe(true)
})

it("a line about an account never has its password", () => {
  expect(isLine({ ...account, password: "a pigeon flies" })).toBe(false)
})
