import { expect, it } from "vitest"
import * as AccountFailure from "../../../src/cli/errors/AccountFailure.ts"
import { AccountError, type Reason } from "../../../src/conversation/accounts/Accounts.ts"
import { StoreError } from "../../../src/conversation/store/Store.ts"

it.each<[Reason, number]>([
  ["BadName", 2],
  ["BadPassword", 2],
  ["UnknownAccount", 2],
  ["NameTaken", 9],
  ["KeyTaken", 9],
  ["TooMany", 1],
  ["Busy", 1]
])("%s of an account is exit code %d", (reason, exitCode) => {
  const error = new AccountError({ reason, message: "it is so" })
  expect(AccountFailure.of(error)).toMatchObject({ code: reason, exitCode, message: "it is so" })
})

it("a failure of the store below is that of the store", () => {
  const error = new StoreError({ reason: "NoSpace", message: "the disk is full" })
  expect(AccountFailure.of(error)).toMatchObject({ code: "NoSpace", exitCode: 8, message: "the disk is full" })
})
