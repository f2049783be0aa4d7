import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { type AnyApp, define, type Dialect } from "../../../src/apps/App.ts"
import { apps } from "../../../src/apps/Apps.ts"
import * as ConfigKeys from "../../../src/cli/services/ConfigKeys.ts"
import * as HostingPlan from "../../../src/cli/services/HostingPlan.ts"
import { parseApp } from "../../../src/cli/settings/AppOption.ts"

const appWith = (name: string, ...dialects: readonly [Dialect, ...Array<Dialect>]): AnyApp =>
  define({
    name,
    summary: name,
    config: Schema.Struct({ players: Schema.optionalWith(Schema.NumberFromString, { default: () => 3 }) }),
    audience: "all",
    dialects,
    init: () => null,
    on: (state) => [state, []],
    example: { steps: [] }
  })

const tcp = { transport: "tcp", framing: "raw", port: 8005 } as const
const udp = { transport: "udp", framing: "datagram", port: 8005 } as const
const a = appWith("a", tcp)
const b = appWith("b", tcp, udp)
const c = appWith("c", { ...udp, answersUnproved: true })
const far = appWith("far", { ...tcp, port: 9090 })
const few = [a, b, c, far]

const plan = (
  texts: ReadonlyArray<string>,
  more: Partial<HostingPlan.Wanted> = {},
  known: ReadonlyArray<AnyApp> = few
) =>
  HostingPlan.of({
    apps: texts.map((text) => Either.getOrThrow(parseApp(text))),
    profile: undefined,
    host: "127.0.0.1",
    allowsUnproved: false,
    allowsPasswords: false,
    isEncrypted: true,
    ...more
  }, known)

const placesOf = (rooms: ReadonlyArray<HostingPlan.PlannedRoom>) =>
  rooms.map(({ listeners, name }) =>
    `${name} ${listeners.map(({ dialect, port }) => `${dialect.transport} ${port}`).join(" ")}`.trim()
  )

describe("the plan of a server's rooms", () => {
  it("has an app at its usual ports, at another one, at any, and at none", () => {
    expect(placesOf(Either.getOrThrow(plan(["b", "a@1000", "far@0", "a/x@none"])))).toEqual([
      "b tcp 8005 udp 8005",
      "a tcp 1000",
      "far tcp 0",
      "a/x"
    ])
  })

  it("of the profile has every app; those with one usual port take the following ones", () => {
    expect(placesOf(Either.getOrThrow(plan([], { profile: "course" })))).toEqual([
      "a tcp 8005",
      "b tcp 8006 udp 8006",
      "c udp 8005",
      "far tcp 9090"
    ])
    expect(placesOf(Either.getOrThrow(plan(["a@9090"], { profile: "course" })))).toContain("far tcp 9091")
  })

  it("of the profile has no port twice with the apps that there are", () => {
    const rooms = Either.getOrThrow(plan([], { profile: "course" }, [...apps]))
    const places = rooms.flatMap(({ listeners }) =>
      listeners.map(({ dialect, port }) => `${dialect.transport} ${port}`)
    )
    expect(new Set(places).size).toBe(places.length)
    expect(rooms.length).toBe(apps.length)
  })

  it("isolates messages over TCP as the key framing of the configuration says", () => {
    const [room] = Either.getOrThrow(plan(["b=framing:padded:5,zeros,players:2"]))
    expect(room?.config).toEqual({ players: "2" })
    expect(room?.listeners.map(({ dialect }) => dialect.framing)).toEqual(["padded:5,zeros", "datagram"])
  })

  it("has the key framing for every app: none has one of its own", () => {
    expect(apps.filter((app) => ConfigKeys.of(app).some(({ key }) => key === "framing"))).toEqual([])
  })

  it.each<[string, ReadonlyArray<string>, RegExp, RegExp | undefined]>([
    ["an unknown app", ["x"], /there is no app "x"/, /did you mean a\?|the apps are a, b, c and far/],
    ["a name with a mistake", ["faar"], /no app "faar"/, /did you mean far\?/],
    ["an unknown key", ["a=player:2"], /a has no key "player"/, /did you mean players\? the keys of a are players:3/],
    ["a wrong value", ["a=players:many"], /the key players of a is wrong/, /the keys of a are players:3/],
    ["a wrong framing", ["a=framing:padded"], /the framing "padded" of a: padded needs a number/, /framing:lines/],
    ["a framing over datagrams", ["c=framing:lines"], /c has no plain listener over TCP/, /leave out framing:lines/],
    ["a framing without a listener", ["a=framing:lines@none"], /a has no plain listener over TCP/, undefined],
    ["a room twice", ["a@0", "a@1"], /a is given twice/, /a\/NAME/],
    ["a port twice", ["a", "b"], /a and b have the same port, tcp 8005/, /b@PORT/]
  ])("is refused for %s, with what exists", (_, texts, message, hint) => {
    expect(Either.getOrThrow(Either.flip(plan(texts)))).toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint ?? /./)
    })
  })

  it("lets unproved addresses of other machines be answered with --allow-unproved only", () => {
    expect(Either.isRight(plan(["c"]))).toBe(true)
    expect(Either.getOrThrow(Either.flip(plan(["c"], { host: "0.0.0.0" })))).toMatchObject({
      exitCode: 2,
      hint: expect.stringContaining("--allow-unproved")
    })
    expect(Either.isRight(plan(["c"], { host: "0.0.0.0", allowsUnproved: true }))).toBe(true)
    expect(Either.isRight(plan(["c@none"], { host: "0.0.0.0" }))).toBe(true)
  })

  it.each(["authenticate", "identify=accounts:true"])(
    "lets other machines send passwords to %s unencrypted with --plain-login only",
    (app) => {
      const isAllowed = (text: string, more: Partial<HostingPlan.Wanted>) => Either.isRight(plan([text], more, apps))
      const everywhere = { host: "0.0.0.0" }
      expect(isAllowed(app, {})).toBe(true)
      expect(Either.getOrThrow(Either.flip(plan([app], everywhere, apps)))).toMatchObject({
        exitCode: 2,
        message: expect.stringContaining("takes passwords"),
        hint: expect.stringContaining("--plain-login")
      })
      expect(isAllowed(app, { ...everywhere, allowsPasswords: true })).toBe(true)
      expect(isAllowed(`${app}@none`, everywhere)).toBe(true)
      expect(isAllowed(`${app}@none`, { ...everywhere, isEncrypted: false })).toBe(false)
      expect(isAllowed(`${app}@none`, { isEncrypted: false })).toBe(true)
      expect(isAllowed("identify", everywhere)).toBe(true)
    }
  )
})

describe("the language", () => {
  it.each([
    [{ LANG: "sk_SK.UTF-8" }, "sk"],
    [{ LANG: "sk_SK.UTF-8", LC_ALL: "uk_UA" }, "uk"],
    [{ LANG: "skr" }, "en"],
    [{ LANG: "de_DE" }, "en"],
    [{}, "en"]
  ])("of %j is %s", (environment, language) => {
    expect(HostingPlan.languageOf(environment)).toBe(language)
  })
})
