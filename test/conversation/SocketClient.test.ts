import { describe, expect, it } from "vitest"
import type { Attendance, Client } from "../../src/conversation/Client.ts"
import { outgoing } from "../../src/conversation/Client.ts"
import type { Room } from "../../src/conversation/Room.ts"
import * as RoomLimits from "../../src/conversation/RoomLimits.ts"
import { SocketClient } from "../../src/conversation/SocketClient.ts"
import { lines } from "../../src/protocol/framing/LineFraming.ts"
import type { ServiceEvent } from "../../src/telemetry/ServiceEvents.ts"
import { crowdApp } from "../suites/listenedRoom.ts"

/** A client, its room that notes what it gets, and a connection that takes writes while it has room. */
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
    dials: [],
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
      onClosed: () => notes.push("closed")
    },
    { host, port: 1 },
    {
      write: ({ length }) => {
        written.push(`${length}`)
        return hasRoom
      },
      pause: () => written.push("pause"),
      resume: () => written.push("resume"),
      end: () => written.push("end")
    }
  )
  client.open()
  return {
    client,
    notes,
    written,
    events,
    pass: (millis: number) => void (now += millis),
    fill: () => void (hasRoom = false),
    drain: () => {
      hasRoom = true
      client.onDrain()
    }
  }
}

const bytesOf = (text: string) => Buffer.from(text)

describe("a client", () => {
  it("passes complete messages on, and sends with the framing", () => {
    const { client, notes, written } = opened()
    client.onBytes(bytesOf("one\ntw"))
    client.onBytes(bytesOf("o\n"))
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
    expect([notes, written.at(-1)]).toEqual([["left slow"], "end"])
    client.send(message)
    client.onClose()
    expect([notes, client.deadline]).toEqual([["left slow", "closed"], Infinity])
  })

  it("is ended as silent at its deadline, with a reason", () => {
    const { client, notes, pass, written } = opened()
    expect(client.deadline).toBe(1000)
    pass(1000)
    client.onDeadline(1000)
    client.flush()
    expect([notes, written]).toEqual([["left silent"], ["28", "end"]])
  })

  it("that was ended within its join leaves after it", () => {
    const { client, notes, written } = opened({ onJoin: (joining) => joining.close("ended") })
    client.onBytes(bytesOf("late\n"))
    client.flush()
    expect([notes, written]).toEqual([["left ended"], ["end"]])
  })

  it("leaves as reset, as ended after the end of its input, and as stopping with its listener", () => {
    const [broken, ended, stopped] = [opened(), opened(), opened()]
    broken.client.onClose()
    ended.client.onBytes(bytesOf("one\nlast"))
    ended.client.onEnd()
    stopped.client.stop()
    expect(broken.notes).toEqual(["left reset", "closed"])
    expect([ended.notes, ended.written]).toEqual([["said one", "said last", "left ended"], ["end"]])
    expect([stopped.notes, stopped.written]).toEqual([["left stopping"], ["end"]])
  })

  it("that has ended its input leaves when it was sent everything", () => {
    const { client, drain, fill, notes, written } = opened()
    fill()
    client.send(outgoing("four"))
    client.onEnd()
    expect([notes, written]).toEqual([[], ["5"]])
    drain()
    expect([notes, written]).toEqual([["left ended"], ["5", "end"]])
  })

  it("is not read while much waits for it", () => {
    const { client, drain, fill, notes, written } = opened()
    fill()
    for (let sent = 0; sent < 3; sent++) client.send(outgoing("x".repeat(60_000)))
    client.flush()
    client.onBytes(bytesOf("one\n"))
    client.onBytes(bytesOf("two\n"))
    expect([notes, written]).toEqual([["said one"], ["60001", "pause"]])
    drain()
    expect([notes, written]).toEqual([["said one", "said two"], ["60001", "pause", "resume", "60001", "60001"]])
  })

  it("off loopback is read at a rate, and held reads are bounded", () => {
    const { client, notes, pass, written } = opened({ host: "192.0.2.2" })
    const line = bytesOf("x".repeat(60_000) + "\n")
    const reads = Math.floor(RoomLimits.readBurstBytes / line.length)
    for (let read = 0; read < reads; read++) client.onBytes(line)
    expect(written).toEqual([])
    client.onBytes(line)
    expect([notes.length, client.deadline < Infinity, written]).toEqual([reads, true, ["pause"]])
    pass(2000)
    client.onDeadline(2000)
    expect([notes.length, written]).toEqual([reads + 1, ["pause", "resume"]])
    for (let read = 0; read < 8; read++) client.onBytes(line)
    expect(notes.at(-1)).toBe("left slow")
  })

  it("processes reads that were held before the end of its input", () => {
    const { client, notes, pass } = opened({ host: "192.0.2.2" })
    const line = bytesOf("x".repeat(60_000) + "\n")
    for (let read = 0; read < 5; read++) client.onBytes(line)
    client.onBytes(bytesOf("last"))
    client.onEnd()
    expect(notes.length).toBe(4)
    pass(2000)
    client.onDeadline(2000)
    expect(notes.slice(4)).toEqual(["said 60000", "said last", "left ended"])
  })
})
