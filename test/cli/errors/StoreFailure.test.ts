import { expect, it } from "vitest"
import * as StoreFailure from "../../../src/cli/errors/StoreFailure.ts"
import type { Reason } from "../../../src/conversation/store/Store.ts"

it.each<[Reason, number]>([
  ["NoSpace", 8],
  ["Damaged", 8],
  ["InUse", 8],
  ["Denied", 8],
  ["Io", 8],
  ["Closed", 8],
  ["Newer", 2],
  ["Unsupported", 2],
  ["Unreachable", 3],
  ["Conflict", 1],
  ["Invalid", 1]
])("%s of a store is exit code %d, with the message of the store", (reason, exitCode) => {
  const message = "the store x cannot be used: it is so; do this"
  expect(StoreFailure.of({ reason, message })).toMatchObject({ _tag: "Failure", code: reason, exitCode, message })
})
