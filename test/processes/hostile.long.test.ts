/** Many hostile datagrams; hostile.test.ts sends fewer. */
import { afterEach, describe, it } from "vitest"
import { tidy } from "./holub.ts"
import { expectNoEffect } from "./hostileDatagrams.ts"
import { dismiss } from "./Stranger.ts"

afterEach(() => {
  dismiss()
  return tidy()
})

describe("100,000 hostile datagrams (W1, S16)", () => {
  it("get no reply and no line each, and a good file afterwards arrives", () => expectNoEffect(100_000))
})
