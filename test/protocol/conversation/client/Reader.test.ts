import { describe, expect, it } from "vitest"
import * as Limits from "../../../../src/protocol/conversation/client/ClientLimits.ts"
import { encoded } from "../../../../src/protocol/conversation/client/EncodedMessage.ts"
import { Reader } from "../../../../src/protocol/conversation/client/Reader.ts"
import type { ReaderRequest } from "../../../../src/protocol/conversation/client/ReaderRequest.ts"

const welcome = {
  t: "welcome",
  v: 1,
  server: "alpha",
  author: "~ala@alpha",
  nick: "~ala",
  isGuest: true,
  servers: []
} as const
const hello = JSON.stringify({ t: "hello", v: 1, device: "d", login: { as: "guest", nick: "ala" } })
const taken = (reader: Reader) => reader.take(Infinity).map(({ text }) => JSON.parse(text))
const said = (reader: Reader, message: unknown) => {
  reader.receive(JSON.stringify(message))
  return taken(reader)
}
const requests = (reader: Reader, now = 0): ReadonlyArray<ReaderRequest> => {
  const all: Array<ReaderRequest> = []
  for (let next = reader.nextRequest(now); next !== undefined; next = reader.nextRequest(now)) all.push(next)
  return all
}
/** A reader that has logged in, with these rooms open. */
const open = (...rooms: ReadonlyArray<string>): Reader => {
  const reader = new Reader(0)
  reader.receive(hello)
  requests(reader)
  reader.onLogin(welcome)
  for (const room of rooms) {
    reader.receive(JSON.stringify({ t: "open", room, last: 0 }))
    for (const request of requests(reader)) {
      if (request._tag !== "Open") continue
      reader.onOpened(request.opening, {
        room,
        access: "public",
        told: new Map(),
        everywhere: () => new Map(),
        people: () => []
      }, new Map())
    }
  }
  taken(reader)
  return reader
}

describe("a reader", () => {
  it("has to say who it is, first and in time", () => {
    const silent = new Reader(0)
    silent.handleTimeout(Limits.helloMillis - 1)
    expect([silent.isEnded, silent.deadline(0)]).toEqual([false, Limits.helloMillis])
    silent.handleTimeout(Limits.helloMillis)
    expect([silent.isEnded, taken(silent)]).toEqual([true, [{ t: "goodbye", reason: "no message has come in time" }]])
    const hasty = new Reader(0)
    expect(said(hasty, { t: "rooms" })).toEqual([{ t: "goodbye", reason: "rooms was sent before welcome" }])
    const pipelined = new Reader(0)
    pipelined.receive(hello)
    pipelined.receive("{\"t\":\"rooms\"}")
    expect(taken(pipelined)).toEqual([{ t: "goodbye", reason: "rooms was sent before welcome" }])
    expect(pipelined.deadline(0)).toBe(Infinity)
    const twice = open()
    twice.receive(hello)
    expect(taken(twice)).toEqual([{ t: "goodbye", reason: "hello was sent again" }])
  })

  it("is asked for its log-in, whose refusal is the last message", () => {
    const reader = new Reader(0)
    reader.receive(hello)
    expect(requests(reader)).toEqual([{ _tag: "LogIn", login: { as: "guest", nick: "ala" }, device: "d" }])
    reader.refuseLogin("wrong name or password", 1500.2)
    expect([reader.isEnded, taken(reader)]).toEqual([true, [
      { t: "refused", what: "hello", reason: "wrong name or password", waitMillis: 1501 }
    ]])
    reader.onLogin(welcome)
    expect([taken(reader), reader.author]).toEqual([[], ""])
  })

  it("that sends no JSON is ended, and one whose message is not understood is answered", () => {
    const reader = open()
    expect(said(reader, { t: "post", room: "hall", n: 2, kind: "said" })).toMatchObject([{
      t: "refused",
      what: "post",
      room: "hall",
      n: 2
    }])
    expect(said(reader, { t: "dance" })).toMatchObject([{ t: "refused", what: "dance" }])
    reader.receive("{")
    expect([taken(reader), reader.isEnded]).toEqual([
      [{ t: "goodbye", reason: "a message was sent that is no JSON" }],
      true
    ])
    reader.receive(hello)
    expect([taken(reader), requests(reader)]).toEqual([[], []])
  })

  it("gets no more rooms than it may have, and what it asks of others is refused", () => {
    const reader = open(...Array.from({ length: Limits.rooms }, (_, at) => `room${at}`))
    expect(said(reader, { t: "open", room: "hall" })).toMatchObject([{ t: "refused", what: "open", room: "hall" }])
    const before = { clock: 1, origin: `alpha~${"0".repeat(48)}`, seq: 1 }
    for (
      const message of [
        { t: "mark", room: "x", vector: {} },
        { t: "presence", room: "x", state: "here" },
        { t: "past", room: "x", before, limit: 1 }
      ]
    ) {
      expect(said(reader, message)).toEqual([{
        t: "refused",
        what: message.t,
        room: "x",
        reason: "the room is not open"
      }])
    }
    expect(said(reader, { t: "past", room: "room1", before, limit: 5 })).toEqual([])
    expect(said(reader, { t: "past", room: "room1", before, limit: 5 })).toMatchObject([{ t: "refused", what: "past" }])
    expect(said(reader, { t: "cursor", room: "room1", vector: {} })).toMatchObject([{
      reason: "the room is open already"
    }])
  })

  it("is listed rooms once at a time, and a nick is taken once at a time", () => {
    const reader = open()
    for (let at = 0; at < 5; at++) reader.receive("{\"t\":\"rooms\"}")
    expect(requests(reader)).toEqual([{ _tag: "List" }])
    reader.onListed([{ room: "hall", access: "public", people: 2 }])
    expect(taken(reader)).toEqual([{
      t: "rooms",
      rooms: [{ room: "hall", access: "public", people: 2 }],
      isLast: true
    }])
    reader.receive("{\"t\":\"nick\",\"nick\":\"bo\"}")
    expect(said(reader, { t: "nick", nick: "cyr" })).toMatchObject([{
      what: "nick",
      reason: "the nick before is not answered yet"
    }])
    reader.onNamed("~bo@alpha", "~bo")
    expect([taken(reader), reader.author]).toEqual([[{ t: "named", author: "~bo@alpha", nick: "~bo" }], "~bo@alpha"])
    reader.refuseNick("in use")
    expect(taken(reader)).toEqual([{ t: "refused", what: "nick", reason: "in use" }])
  })

  it("moves at a limited rate, and its last state counts", () => {
    const reader = open("hall")
    const move = (state: string) => reader.receive(JSON.stringify({ t: "presence", room: "hall", state }))
    const states: Array<string> = []
    const settle = (now: number) => {
      for (const request of requests(reader, now)) if (request._tag === "Presence") states.push(request.state)
    }
    for (let at = 0; at < 50; at++) {
      move(at % 2 === 0 ? "typing" : "here")
      settle(0)
    }
    move("away")
    settle(0)
    expect(states.length).toBe(Limits.presenceBurst)
    const deadline = reader.deadline(0)
    settle(deadline)
    expect([deadline < 1000, states.at(-1), reader.deadline(deadline)]).toEqual([true, "away", Infinity])
  })

  it("that takes nothing is ended with the reason, and is not read before", () => {
    const reader = open("hall")
    const long = encoded({ t: "goodbye", reason: "x".repeat(40_000) })
    for (let at = 0; at < 2; at++) reader.tellOf("hall", long)
    expect([reader.isFull, reader.isEnded]).toEqual([true, false])
    for (let at = 0; at < 6; at++) reader.tellOf("hall", long)
    expect([reader.isEnded, taken(reader).map(({ t }) => t)]).toEqual([true, ["goodbye"]])
  })

  it("loses a room from which it is removed, and learns of one that it may open", () => {
    const reader = open("hall")
    reader.invite("hall", "public", "bo@alpha")
    reader.invite("plans", "private", "bo@alpha")
    reader.expel("hall", "you were removed from this room")
    reader.expel("hall", "again")
    expect(taken(reader)).toEqual([
      { t: "invited", room: "plans", access: "private", by: "bo@alpha" },
      { t: "refused", what: "open", room: "hall", reason: "you were removed from this room" }
    ])
    expect(said(reader, { t: "open", room: "hall" })).toEqual([])
  })

  it("gets posts answered, those behind one that has to wait too", () => {
    const reader = open("hall")
    for (const n of [1, 2, 3]) {
      reader.receive(JSON.stringify({ t: "post", room: "hall", n, kind: "said", body: { text: "x" } }))
    }
    const posts = () => requests(reader).flatMap((request) => request._tag === "Post" ? [request.post.n] : [])
    expect(posts()).toEqual([1])
    reader.onPostTaken("hall")
    reader.onPosted("hall", 1, { origin: "o", seq: 4 })
    expect(posts()).toEqual([2])
    reader.refusePost("hall", 2, "too many messages", 200)
    reader.onPostTaken("hall")
    expect(taken(reader)).toEqual([
      { t: "posted", room: "hall", n: 1, event: { origin: "o", seq: 4 } },
      { t: "refused", what: "post", room: "hall", n: 2, reason: "too many messages", waitMillis: 200 },
      { t: "refused", what: "post", room: "hall", n: 3, reason: "too many messages", waitMillis: 200 }
    ])
    expect(posts()).toEqual([])
  })
})
