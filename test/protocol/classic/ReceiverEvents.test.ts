import { describe, expect, it } from "@effect/vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { Reassembly } from "../../../src/protocol/classic/Reassembly.ts"
import { ReceiverEvents } from "../../../src/protocol/classic/ReceiverEvents.ts"
import { frameOf, infOf } from "./frames.ts"

const fileOf = (name: string, content: string): Reassembly => {
  const message = new Reassembly(7, infOf("F", 1, 2))
  for (const payload of [name, content]) {
    message.append(frameOf(Frame.Kind.dat, message.position + 1, 2, Buffer.from(payload)))
  }
  return message
}

describe("events", () => {
  it("are none at first", () => {
    expect(new ReceiverEvents().poll()).toEqual([])
  })

  it("are returned once, in order", () => {
    const events = new ReceiverEvents()
    const bytes = Buffer.from("content")
    events.emitConnected()
    events.emitBlock(7, bytes)
    events.emitAbandoned(7, "replaced")
    expect([events.poll(), events.poll()]).toEqual([
      [{ _tag: "Connected" }, { _tag: "Block", serial: 7, bytes }, {
        _tag: "Abandoned",
        serial: 7,
        reason: "replaced"
      }],
      []
    ])
  })

  it("allocate no memory when there are none", () => {
    const events = new ReceiverEvents()
    expect(events.poll()).toBe(events.poll())
  })

  it("that were returned are not changed by later ones", () => {
    const events = new ReceiverEvents()
    events.emitConnected()
    const returned = events.poll()
    events.emitDisconnected("ended")
    expect(returned).toEqual([{ _tag: "Connected" }])
  })

  it("of an opened message have its name and the fields of its announcement", () => {
    const events = new ReceiverEvents()
    events.emitOpened(fileOf("žluť.txt", "x"))
    const name = new Uint8Array(Buffer.from("žluť.txt"))
    const announced = { nameFragments: 1, fragmentCount: 2, fragmentSize: 17 }
    expect(events.poll()).toEqual([{ _tag: "Opened", serial: 7, kind: "file", name, ...announced }])
  })

  it("of a completed message have its statistics", () => {
    const events = new ReceiverEvents()
    const message = fileOf("notes", "content")
    message.duplicates++
    message.onDamagedFragment(2)
    events.emitCompleted(message)
    const reception = {
      contentBytes: 7,
      fragmentCount: 2,
      damaged: 1,
      damagedNumbers: [2],
      duplicates: 1,
      payloadSize: 4
    }
    expect(events.poll()).toEqual([{ _tag: "Completed", serial: 7, reception }])
  })
})

describe("a peer", () => {
  it("is reported as connected once", () => {
    const events = new ReceiverEvents()
    events.emitConnected()
    events.poll()
    events.emitConnected()
    expect(events.poll()).toEqual([])
  })

  it("is reported as disconnected only when it was connected", () => {
    const events = new ReceiverEvents()
    events.emitDisconnected("lost")
    expect(events.poll()).toEqual([])
  })

  it("is reported as disconnected once, for the first reason", () => {
    const events = new ReceiverEvents()
    events.emitConnected()
    events.emitDisconnected("refused")
    events.emitDisconnected("lost")
    expect(events.poll().slice(1)).toEqual([{ _tag: "Disconnected", reason: "refused" }])
  })

  it("is reported as connected again after it was disconnected", () => {
    const events = new ReceiverEvents()
    events.emitConnected()
    events.emitDisconnected("ended")
    events.emitConnected()
    expect(events.poll().map(({ _tag }) => _tag)).toEqual(["Connected", "Disconnected", "Connected"])
  })
})
