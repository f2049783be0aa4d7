import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import type { AnyApp } from "../../src/apps/App.ts"
import { runsOf } from "../../src/conversation/AppRuns.ts"
import { nodeCrypto as crypto } from "../../src/node/security/NodeCrypto.ts"
import { ownApp, repeatingApp } from "./room.ts"

const address = { host: "192.0.2.1", port: 1 }

const started = (app: AnyApp) => {
  const time = { now: 0 }
  const start = { seed: () => new Uint8Array(32), crypto, language: "en" as const, now: () => time.now }
  return { runs: Either.getOrThrow(runsOf(app, {}, start)), time }
}

const said = (member: number, text: string) => ({ _tag: "Said", member, bytes: Buffer.from(text), text }) as const

describe("the states of an app", () => {
  it("are one for each client where the app is for one", () => {
    const { runs } = started(ownApp)
    for (const member of [1, 2]) runs.on({ _tag: "Joined", member, address })
    runs.on(said(1, "x"))
    expect(runs.on(said(1, "x"))).toEqual([{ _tag: "Tell", to: { _tag: "One", member: 1 }, message: "2" }])
    expect(runs.on(said(2, "x"))).toEqual([{ _tag: "Tell", to: { _tag: "One", member: 2 }, message: "1" }])
  })

  it("wake in the order of their deadlines, and tell whose they are", () => {
    const { runs, time } = started(ownApp)
    for (const member of [1, 2]) runs.on({ _tag: "Joined", member, address })
    runs.on(said(2, "x"))
    time.now = 10
    runs.on(said(1, "x"))
    expect(runs.deadline()).toBe(1000)
    expect(runs.wake()).toBeUndefined()
    time.now = 1010
    expect([runs.wake()?.member, runs.wake()?.member, runs.wake()]).toEqual([2, 1, undefined])
    expect(runs.deadline()).toBe(Infinity)
  })

  it("are forgotten with their client, with its deadline", () => {
    const { runs } = started(ownApp)
    runs.on({ _tag: "Joined", member: 1, address })
    runs.on(said(1, "x"))
    runs.on({ _tag: "Left", member: 1, reason: "ended" })
    expect(runs.deadline()).toBe(Infinity)
    expect(runs.on(said(1, "x"))).toEqual([])
  })

  it("are as before after a throw", () => {
    const { runs } = started(ownApp)
    runs.on({ _tag: "Joined", member: 1, address })
    runs.on(said(1, "x"))
    expect(() => runs.on(said(1, "throw"))).toThrow("on purpose")
    expect(runs.on(said(1, "x"))).toMatchObject([{ message: "2" }])
  })

  it("tell what is wrong with a configuration", () => {
    const start = { seed: () => new Uint8Array(32), crypto, language: "en" as const, now: () => 0 }
    expect(Either.flip(runsOf(repeatingApp, { every: "soon" }, start)).pipe(Either.getOrThrow)).toMatch(/every/)
  })
})
