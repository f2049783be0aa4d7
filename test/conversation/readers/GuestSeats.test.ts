import { describe, expect, it } from "vitest"
import { type GuestSeat, GuestSeats } from "../../../src/conversation/readers/GuestSeats.ts"
import * as Limits from "../../../src/conversation/readers/ReadersLimits.ts"

const seat: GuestSeat = { key: "k", author: "~ala@alpha", nick: "~ala", hash: "h1", device: "d", source: "192.0.2.1" }

const world = () => {
  const released: Array<string> = []
  const ended: Array<string> = []
  const seats = new GuestSeats((key) => void released.push(key))
  const connection = (name: string) => () => void ended.push(name)
  return { seats, released, ended, connection }
}

describe("the seat of a guest", () => {
  it("is taken by its token, and ends the connection before", () => {
    const { connection, ended, seats } = world()
    seats.add(seat, connection("first"))
    const second = connection("second")
    expect([seats.takeByToken("h2", second, 0), seats.takeByToken("h1", second, 0)]).toEqual([undefined, seat])
    expect(ended).toEqual(["first"])
    seats.rename("h1", "~bo@alpha", "~bo")
    seats.leave("h1", second, 5)
    expect(seats.takeByToken("h1", connection("third"), 10)).toMatchObject({ nick: "~bo" })
    expect(ended).toEqual(["first"])
  })

  it("is taken without a token from the same place by the same device, after its connection is over", () => {
    const { connection, seats } = world()
    const first = connection("first")
    seats.add(seat, first)
    const wanted = { device: "d", source: "192.0.2.1", hash: "h2", nick: "ala" }
    expect(seats.takeByDevice(wanted, connection("x"), 0)).toBeUndefined()
    seats.leave("h1", first, 0)
    for (const other of [{ device: "e" }, { source: "192.0.2.2" }, { nick: "bo" }]) {
      expect(seats.takeByDevice({ ...wanted, ...other }, connection("x"), 1)).toBeUndefined()
    }
    expect(seats.takeByDevice(wanted, connection("x"), 1)).toEqual({ ...seat, hash: "h2" })
    expect(seats.takeByToken("h1", connection("y"), 1)).toBeUndefined()
  })

  it("is kept for a time after its connection", () => {
    const { connection, released, seats } = world()
    const [first, second] = [connection("first"), connection("second")]
    seats.add(seat, first)
    seats.takeByToken("h1", second, 0)
    seats.leave("h1", first, 0)
    seats.handleTimeout(Limits.guestMillis)
    expect(released).toEqual([])
    seats.leave("h1", second, 1)
    seats.handleTimeout(Limits.guestMillis)
    expect(released).toEqual([])
    seats.handleTimeout(Limits.guestMillis + 1)
    expect([released, seats.takeByToken("h1", second, Limits.guestMillis + 2)]).toEqual([["k"], undefined])
  })
})
