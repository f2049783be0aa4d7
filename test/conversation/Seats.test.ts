import { describe, expect, it } from "vitest"
import { type Seat, Seats } from "../../src/conversation/Seats.ts"

const seatOf = (member: number): Seat => {
  const address = { host: "192.0.2.1", port: member }
  return {
    member,
    client: { address, transport: "tcp", send: () => undefined, close: () => undefined },
    source: address.host,
    key: `crowd ${member}`,
    since: 0,
    about: { app: "crowd", transport: "tcp", peer: address },
    receivedBytes: 0,
    sentBytes: 0
  }
}

const opened = (...members: ReadonlyArray<number>): Seats => {
  const seats = new Seats()
  for (const member of members) seats.add(seatOf(member))
  return seats
}

const membersOf = (seats: ReadonlyArray<Seat>): ReadonlyArray<number> => seats.map(({ member }) => member)

describe("the seats of a room", () => {
  it("are those of the clients that are here, in the order in which they came", () => {
    const seats = opened(1, 3, 2)
    expect([membersOf(seats.all), seats.of(3)?.key, seats.of(4)]).toEqual([[1, 3, 2], "crowd 3", undefined])
    expect([seats.remove(3), seats.remove(3), membersOf(seats.all), seats.of(3)]).toEqual([
      true,
      false,
      [1, 2],
      undefined
    ])
  })

  it("tell which clients a message is for", () => {
    const seats = opened(1, 2, 3)
    const of = (to: Parameters<Seats["recipients"]>[0]) => membersOf(seats.recipients(to, undefined))
    expect(of({ _tag: "All" })).toEqual([1, 2, 3])
    expect(of({ _tag: "AllBut", member: 2 })).toEqual([1, 3])
    expect(of({ _tag: "One", member: 2 })).toEqual([2])
    expect(of({ _tag: "Some", members: [3, 1] })).toEqual([3, 1])
  })

  it("leave out those that are not here any more", () => {
    const seats = opened(1)
    expect(membersOf(seats.recipients({ _tag: "Some", members: [2, 1] }, undefined))).toEqual([1])
    expect(membersOf(seats.recipients({ _tag: "One", member: 2 }, undefined))).toEqual([])
  })

  it("send the messages to all, of an app that has a state for each client, to that client", () => {
    const seats = opened(1, 2)
    expect(membersOf(seats.recipients({ _tag: "All" }, 2))).toEqual([2])
    expect(membersOf(seats.recipients({ _tag: "One", member: 1 }, 2))).toEqual([1])
  })
})
