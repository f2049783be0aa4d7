import * as Either from "effect/Either"
import { describe, expect, it } from "vitest"
import { parseApp } from "../../../src/cli/settings/AppOption.ts"

const read = (text: string) => Either.getOrElse(parseApp(text), (must) => must)

describe("the value of --app", () => {
  it.each<[string, object]>([
    ["echo", { app: "echo", name: "echo", config: {}, port: undefined }],
    ["echo@9091", { app: "echo", name: "echo", port: 9091 }],
    ["echo@0", { port: 0 }],
    ["echo@none", { port: "none" }],
    ["words/kyiv", { app: "words", name: "words/kyiv" }],
    ["words/kyiv=players:2@30004", { app: "words", name: "words/kyiv", config: { players: "2" }, port: 30_004 }],
    ["words=list:C:/a b.txt,players:3", { config: { list: "C:/a b.txt", players: "3" } }],
    ["bingo=every:", { config: { every: "" } }],
    ["echo=framing:padded:10,zeros,hex@0", { config: { framing: "padded:10,zeros,hex" }, port: 0 }],
    ["words=framing:delimiter:,,players:2", { config: { framing: "delimiter:,", players: "2" } }],
    ["words/київ", { name: "words/київ" }]
  ])("%s has its parts", (text, parts) => {
    expect(read(text)).toMatchObject(parts)
  })

  it.each([
    ["", /^must be NAME/],
    ["/kyiv", /^must be NAME/],
    ["words/../../etc", /^must be NAME/],
    ["words/", /^must be NAME/],
    ["echo@65536", /port from 0 to 65535/],
    ["echo@", /port from 0 to 65535/],
    ["echo@-1", /port from 0 to 65535/],
    ["words=players", /key:value/],
    ["words=players:2,players:3", /each key once/],
    ["words=", /key:value/]
  ])("%j is refused", (text, must) => {
    expect(read(text)).toMatch(must)
  })
})
