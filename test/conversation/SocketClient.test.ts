import * as Socket from "@effect/platform/Socket"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Attendance, Client } from "../../src/conversation/Client.ts"
import { outgoing } from "../../src/conversation/Client.ts"
import type { Room } from "../../src/conversation/Room.ts"
import * as RoomLimits from "../../src/conversation/RoomLimits.ts"
import { SocketClient } from "../../src/conversation/SocketClient.ts"
import { lines } from "../../src/protocol/framing/LineFraming.ts"
import type { ServiceEvent } from "../../src/telemetry/ServiceEvents.ts"
import { crowdApp } from "../suites/listenedRoom.ts"

/** A client of a room that notes what it is told, with a socket that takes writes while it has room. */
const opened = ({ host = "127.0.0.1", onJoin }: { host?: string; onJoin?: (client: Client) => void } = {}) => {
  const notes: Array<string> = []
  const written: Array<string> = []
  const events: Array<ServiceEvent> = []
  let now = 0
  let hasRoom = true
  const attendance: Attendance = {
    member: 1,
    say: (bytes) => notes.push(`said ${bytes.length > 20 ? bytes.length : Buffer.from(bytes).toString()}`),
    leave: (reason) => notes.push(`left ${reason}`)
  }
  const room: Room = {
    name: "crowd",
    app: crowdApp,
    join: (joining) => {
      onJoin?.(joining)
      return attendance
    },
    present: () => [],
    kick: () => undefined,
    pause: () => undefined,
    isPaused: () => false,
    remembered: () => undefined,
    forget: () => 0
  }
  const client = new SocketClient(
    {
      room,
      framing: lines,
      transport: "tcp",
      messageBytes: undefined,
      firstMessageMillis: 1000,
      publish: (event) => events.push(event),
      now: () => now,
      schedule: () => undefined,
      flushLater: () => undefined,
      fork: (effect) => Effect.runFork(effect)
    },
    { host, port: 1 },
    (chunk) => {
      written.push(Socket.isCloseEvent(chunk) ? "close" : `${chunk.length}`)
      return hasRoom || Socket.isCloseEvent(chunk) ? Effect.void : Effect.never
    }
  )
  client.open()
  return {
    client,
    notes,
    written,
    events,
    pass: (millis: number) => void (now += millis),
    fill: () => void (hasRoom = false)
  }
}

const bytesOf = (text: string) => Buffer.from(text)

describe("a client", () => {
  it("passes complete messages on, and sends with the framing", () => {
    const { client, notes, written } = opened()
    expect([client.handleBytes(bytesOf("one\ntw")), client.handleBytes(bytesOf("o\n"))]).toEqual([undefined, undefined])
    client.send(outgoing("four"))
    client.flush()
    expect([notes, written]).toEqual([["said one", "said two"], ["5"]])
  })

  it("encodes a message to many once", () => {
    const [one, other] = [opened(), opened()]
    const message = outgoing("hello")
    one.client.send(message)
    const [encoded] = message.encoded.values()
    other.client.send(message)
    expect([message.encoded.size, [...message.encoded.values()][0]]).toEqual([1, encoded])
  })

  it("is not sent what its framing cannot carry, and stays", () => {
    const { client, events, notes } = opened()
    client.send(outgoing("x".repeat(70_000)))
    client.send(outgoing("hello"))
    expect(events).toMatchObject([{ _tag: "ServiceLogged", app: "crowd" }])
    expect(notes).toEqual([])
  })

  it("is ended as slow when more is sent to it than may wait, and later ends say nothing", () => {
    const { client, fill, notes, written } = opened()
    fill()
    const message = outgoing("x".repeat(60_000))
    for (let sent = 0; sent < 4; sent++) client.send(message)
    expect(notes).toEqual([])
    client.send(message)
    expect([notes, written.at(-1)]).toEqual([["left slow"], "close"])
    client.send(message)
    client.onClosed("reset")
    expect([notes.length, client.deadline]).toEqual([1, Infinity])
  })

  it("is ended as silent at its deadline, with a reason", () => {
    const { client, notes, pass, written } = opened()
    expect(client.deadline).toBe(1000)
    pass(1000)
    client.onDeadline(1000)
    client.flush()
    expect([notes, written]).toEqual([["left silent"], ["28", "close"]])
  })

  it("that was ended within its join leaves after it", () => {
    const { client, notes, written } = opened({ onJoin: (joining) => joining.close("ended") })
    expect(client.handleBytes(bytesOf("late\n"))).toBeUndefined()
    client.flush()
    expect([notes, written]).toEqual([["left ended"], ["close"]])
  })

  it("off loopback is read at a rate, and held reads are bounded", () => {
    const { client, notes, pass } = opened({ host: "192.0.2.2" })
    const line = bytesOf("x".repeat(60_000) + "\n")
    const reads = Math.floor(RoomLimits.readBurstBytes / line.length)
    for (let read = 0; read < reads; read++) expect(client.handleBytes(line)).toBeUndefined()
    expect(Effect.isEffect(client.handleBytes(line))).toBe(true)
    expect([notes.length, client.deadline < Infinity]).toEqual([reads, true])
    pass(2000)
    client.onDeadline(2000)
    expect([notes.length, client.handleBytes(line)]).toEqual([reads + 1, undefined])
    for (let read = 0; read < 8; read++) client.handleBytes(line)
    expect(notes.at(-1)).toBe("left slow")
  })
})
