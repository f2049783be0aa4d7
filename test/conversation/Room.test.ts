import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import type { AnyApp } from "../../src/apps/App.ts"
import { runsOf } from "../../src/conversation/AppRuns.ts"
import type { Attendance } from "../../src/conversation/Client.ts"
import { HostedRoom } from "../../src/conversation/Room.ts"
import * as RoomLimits from "../../src/conversation/RoomLimits.ts"
import { nodeCrypto as crypto } from "../../src/node/security/NodeCrypto.ts"
import type { ServiceEvent } from "../../src/telemetry/ServiceEvents.ts"
import { ownApp, recordingClient, repeatingApp } from "./room.ts"

const opened = (app: AnyApp) => {
  const events: Array<ServiceEvent> = []
  const start = { seed: () => new Uint8Array(32), crypto, language: "en" as const, now: () => 0 }
  const room = new HostedRoom({
    name: app.name,
    app,
    runs: Either.getOrThrow(runsOf(app, {}, start)),
    publish: (event) => events.push(event),
    now: () => 0,
    onRemembered: undefined,
    makeAlarm: () => ({ set: () => undefined })
  })
  const join = (client: ReturnType<typeof recordingClient>): Attendance => {
    const joined = room.join(client.client)
    if (typeof joined === "string") throw new Error(joined)
    return joined
  }
  return { room, events, join }
}

describe("a room", () => {
  it("publishes what happens to each client, in its order, with the bytes of both directions", () => {
    const { events, join } = opened(repeatingApp)
    const attendance = join(recordingClient())
    attendance.say(Buffer.from("coo"))
    attendance.leave("reset", "192.0.2.1:1 has reset the connection")
    const of = { app: "repeating", transport: "tcp", peer: { host: "192.0.2.1", port: 1 } }
    expect(events).toEqual([
      { _tag: "ServiceConnected", ...of },
      { _tag: "ServiceReceived", ...of, bytes: 3, text: "coo" },
      { _tag: "ServiceSent", ...of, bytes: 3 },
      { _tag: "ServiceLogged", app: "repeating", text: "coo" },
      {
        _tag: "ServiceDisconnected",
        ...of,
        reason: "reset",
        message: "192.0.2.1:1 has reset the connection",
        receivedBytes: 3,
        sentBytes: 3
      }
    ])
  })

  it("passes bytes that are no UTF-8 without a text", () => {
    const { events, join } = opened(repeatingApp)
    join(recordingClient()).say(Uint8Array.of(0xff, 0x41))
    expect(events[1]).toMatchObject({ bytes: 2, text: undefined })
  })

  it("ignores a client after its end", () => {
    const { events, join } = opened(repeatingApp)
    const attendance = join(recordingClient())
    attendance.leave("ended")
    const before = events.length
    attendance.say(Buffer.from("x"))
    attendance.leave("reset")
    expect(events).toHaveLength(before)
  })

  it("performs the outputs of one input before the next one, also if sending ends a client", () => {
    const { join, room } = opened(repeatingApp)
    const slow = recordingClient(1, "192.0.2.1", () => attendance.leave("slow"))
    const attendance = join(slow)
    const other = recordingClient(2)
    join(other).say(Buffer.from("a"))
    expect(other.told).toEqual(["a"])
    expect(room.present().map(({ address }) => address.port)).toEqual([2])
  })

  it("encodes a message to many once: all get the same object", () => {
    const { join } = opened(repeatingApp)
    const messages: Array<unknown> = []
    for (const port of [1, 2]) {
      const { client } = recordingClient(port)
      const recording = { ...client, send: (message: unknown) => messages.push(message) }
      join({ client: recording, told: [], ends: [] }).say(Buffer.from("x"))
    }
    expect(messages).toHaveLength(3)
    expect(messages[1]).toBe(messages[2])
  })

  it("ends the connection of a client whose input the app throws at; its state is as before", () => {
    const { events, join, room } = opened(ownApp)
    const [one, two] = [recordingClient(1), recordingClient(2)]
    const attendances = [join(one), join(two)]
    attendances[0]?.say(Buffer.from("throw"))
    attendances[1]?.say(Buffer.from("x"))
    expect(one.ends).toEqual(["failed"])
    expect(two.told).toEqual(["1"])
    expect(events.some(({ _tag }) => _tag === "ServiceDefect")).toBe(true)
    expect(room.present()).toHaveLength(1)
  })

  it("knows its clients by name, kicks one, and admits none while it is paused", () => {
    const { join, room } = opened(repeatingApp)
    const one = recordingClient()
    const attendance = join(one)
    attendance.say(Buffer.from("Ala"))
    expect(room.present()).toEqual([{
      member: 1,
      name: "Ala",
      address: { host: "192.0.2.1", port: 1 },
      transport: "tcp",
      since: 0,
      receivedBytes: 3,
      sentBytes: 3
    }])
    room.kick(1)
    expect(one.ends).toEqual(["kicked"])
    room.pause(true)
    expect(room.join(recordingClient().client)).toBe("\"repeating\" takes no new clients at the moment")
    room.pause(false)
    join(recordingClient())
  })

  it("gives a source its share, so that others always find a place", () => {
    const { room } = opened(ownApp)
    let admitted = 0
    for (let port = 1; port <= RoomLimits.members; port++) {
      if (typeof room.join(recordingClient(port, "192.0.2.1").client) !== "string") admitted++
    }
    expect(admitted).toBeGreaterThanOrEqual(RoomLimits.membersOfSource)
    expect(admitted).toBeLessThan(RoomLimits.members / 2)
    expect(typeof room.join(recordingClient(1, "198.51.100.1").client)).toBe("object")
  })
})
