import * as Either from "effect/Either"
import { describe, expect, it } from "vitest"
import { parseDamage, parseFaults } from "../../../src/cli/settings/FaultOptions.ts"

describe("--damage", () => {
  it.each([
    ["first", { list: [1] }],
    ["every:3", { every: 3 }],
    ["list:2,5,9", { list: [2, 5, 9] }],
    ["list:7", { list: [7] }],
    ["list:16777215", { list: [16_777_215] }],
    ["rate:5%", { rate: 0.05 }],
    ["rate:0.5", { rate: 0.5 }],
    ["rate:100%", { rate: 1 }]
  ])("reads %s", (text, which) => {
    expect(parseDamage(text)).toEqual(Either.right(which))
  })

  it.each([
    "",
    "second",
    "first:1",
    "every",
    "every:",
    "every:0",
    "every:2,3",
    "every:-1",
    "every:1.5",
    "list:",
    "list:1,,2",
    "list:1,x",
    "list:16777216",
    "rate:101%",
    "rate:2",
    "rate:-5%",
    "rate:5 %",
    "rate:",
    "EVERY:3",
    " first"
  ])("refuses %j", (text) => {
    expect(parseDamage(text)).toEqual(Either.left("must be first, every:N, list:2,5,9 or rate:5%"))
  })
})

describe("--faults", () => {
  it("reads each part, in any order", () => {
    expect(parseFaults("delay=20ms,seed=7,loss=5%,duplicate=1%,reorder=2%,damage=0.1%,cut=0.01")).toEqual(
      Either.right({
        seed: 7,
        loss: 0.05,
        duplicate: 0.01,
        reorder: 0.02,
        damage: 0.001,
        cut: 0.01,
        delayMillis: 20
      })
    )
    expect(parseFaults("loss=100%")).toEqual(Either.right({ seed: 1, loss: 1 }))
  })

  it.each([
    ["", ""],
    ["loss", ""],
    ["loss=", ""],
    ["loss=5%,", ""],
    ["loss=200%", ""],
    ["loss=5%,loss=5%", ", each once"],
    ["los=5%", " (did you mean loss?)"],
    ["toString=1", ""],
    ["delay=20", ""],
    ["delay=2m", ""],
    ["seed=-1", ""],
    ["seed=1e3", ""],
    ["loss=5% , seed=1", ""]
  ])("refuses %j", (text, more) => {
    expect(parseFaults(text)).toEqual(
      Either.left(`must be like loss=5%,duplicate=1%,reorder=2%,damage=1%,cut=1%,delay=20ms,seed=7${more}`)
    )
  })
})
