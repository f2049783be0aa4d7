import * as Either from "effect/Either"
import { describe, expect, it } from "vitest"
import { apps } from "../../../src/apps/Apps.ts"
import * as JoinPlan from "../../../src/cli/join/JoinPlan.ts"
import { parseApp } from "../../../src/cli/settings/AppOption.ts"

const raw = { transport: "tcp", host: "192.0.2.1", port: 9090 } as const

const plan = (
  operands: ReadonlyArray<string>,
  more: Partial<JoinPlan.Wanted> & { readonly apps?: ReadonlyArray<string> } = {}
) =>
  JoinPlan.of({
    operands,
    raw: undefined,
    app: (more.apps ?? []).map((text) => Either.getOrThrow(parseApp(text))),
    framing: undefined,
    wire: "flock",
    ...more
  }, apps)

describe("what join was asked for", () => {
  it.each<[ReadonlyArray<string>, object]>([
    [["a.example"], { to: { host: "a.example", port: undefined }, room: undefined }],
    [["a.example/echo"], { room: "echo" }],
    [["a.example:4050/words/kyiv"], { to: { port: 4050 }, room: "words/kyiv" }],
    [["[::1]:4050/echo/"], { to: { host: "::1", port: 4050 }, room: "echo" }]
  ])("is a room: %j", (operands, parts) => {
    expect(Either.getOrThrow(plan(operands))).toMatchObject({ _tag: "Room", ...parts })
  })

  it("is a server of plain programs, with the client of an app", () => {
    expect(Either.getOrThrow(plan([], { raw, apps: ["echo"] }))).toMatchObject({ _tag: "Raw", app: { name: "echo" } })
    expect(Either.getOrThrow(plan([]))).toEqual({ _tag: "Ask", app: undefined })
  })

  it.each<[string, Parameters<typeof plan>, RegExp]>([
    ["two servers", [["a", "b"]], /takes one HOST/],
    ["a session and a plain server", [["a"], { raw }], /either HOST or --raw/],
    ["a framing for a session", [["a/echo"], { framing: "lines" }], /--framing belongs to --raw/],
    ["an app for a session", [["a"], { apps: ["echo"] }], /--app belongs to --raw/],
    ["the classic wire", [["a/echo"], { wire: "classic" }], /classic wire carries no conversations/],
    ["a configuration of the client", [[], { raw, apps: ["echo@1"] }], /the name of an app alone/],
    ["two apps", [[], { raw, apps: ["echo", "sum"] }], /--app is given twice/],
    ["an unknown app", [[], { raw, apps: ["ecco"] }], /no app "ecco"/],
    ["a number", [["4040"]], /must be a host and a port/]
  ])("is refused for %s", (_, [operands, more], message) => {
    expect(Either.getOrThrow(Either.flip(plan(operands, more)))).toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message)
    })
  })
})
