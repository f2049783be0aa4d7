import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { apps } from "../../src/apps/Apps.ts"
import { eventOf } from "../../src/cli/services/AppDescription.ts"
import { exampleOf } from "../../src/conversation/Rehearsal.ts"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"
import * as AppEvents from "../../src/telemetry/AppEvents.ts"
import * as Events from "../../src/telemetry/Events.ts"

const line = { v: 1, time: "2026-07-01T12:00:00.000Z" } as const
const connection = { app: "words/kyiv", transport: "tcp", peer: "[2001:db8::1]:50000" } as const
const amounts = { receivedBytes: 10, sentBytes: 20 } as const

const good: ReadonlyArray<typeof AppEvents.AppEvent.Type> = [
  { ...line, type: "started", app: "echo" },
  { ...line, type: "listening", app: "echo", transport: "udp", host: "127.0.0.1", port: 9090 },
  { ...line, type: "connected", ...connection },
  { ...line, type: "received", ...connection, bytes: 4, text: "ahoj" },
  { ...line, type: "received", ...connection, bytes: 4 },
  { ...line, type: "sent", ...connection, bytes: 4 },
  { ...line, type: "disconnected", ...connection, reason: "refused", message: "it is full", ...amounts },
  { ...line, type: "logged", app: "sink", text: "ahoj" },
  { ...line, type: "stopped", app: "echo", connections: 2, ...amounts }
]

const decode = Schema.decodeUnknownEither(Events.Event)

describe("the lines about apps", () => {
  it.each(good.map((one) => [one.type, one] as const))("%s is a line, exactly", (_, event) => {
    expect(Either.getOrThrow(decode(event))).toEqual(event)
    expect(Either.isLeft(decode({ ...event, more: 1 }))).toBe(true)
    expect(Either.isLeft(decode({ ...event, app: undefined }))).toBe(true)
  })

  it("have an example of every type", () => {
    const types = new Set([...good.map(({ type }) => type), "described"])
    expect(types.size).toBe(AppEvents.AppEvent.members.length)
  })

  it.each(apps.map((app) => [app.name, app] as const))("the description of %s is one", (_, app) => {
    const described = { ...line, ...eventOf(app, exampleOf(app, { crypto: nodeCrypto })) }
    expect(Either.getOrThrow(decode(described))).toMatchObject({ app: app.name })
    expect(described.example?.length).toBeGreaterThan(0)
  })
})
