import { describe, expect, it } from "vitest"
import { Closing } from "../../../src/protocol/flock/Closing.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"

const states = (closing: Closing) => [closing.isOpen, closing.isCloseDue, closing.isClosed]
const open = [true, false, false]
const due = [false, true, false]
const closingPeriod = [false, false, false]
const closed = [false, false, true]

/** Closed by this side, CLOSE sent; the closing period ends at 30. */
const closedByUs = (): Closing => {
  const closing = new Closing()
  closing.close(77, "enough", 30)
  closing.onCloseSent()
  return closing
}

it("starts open, without a reason and a deadline", () => {
  const closing = new Closing()
  closing.onTimeout(1e9)
  expect(states(closing)).toEqual(open)
  expect([closing.deadline, closing.takeReason()]).toEqual([Infinity, undefined])
})

describe("closed by this side", () => {
  it("sends CLOSE once, answers packets with CLOSE, and ends after the closing period", () => {
    const closing = new Closing()
    closing.close(77, "enough", 30)
    expect(states(closing)).toEqual(due)
    closing.onCloseSent()
    expect(states(closing)).toEqual(closingPeriod)
    closing.onPacketWhileClosing(false)
    expect(states(closing)).toEqual(due)
    closing.onCloseSent()
    closing.onTimeout(29)
    expect([...states(closing), closing.deadline]).toEqual([...closingPeriod, 30])
    closing.onTimeout(30)
    expect([...states(closing), closing.deadline]).toEqual([...closed, Infinity])
  })

  it("answers the first, second, fourth and so on of the peer's packets, so that a flood gets few CLOSEs", () => {
    const closing = closedByUs()
    const answered: Array<number> = []
    for (let packet = 1; packet <= 1000; packet++) {
      closing.onPacketWhileClosing(false)
      if (!closing.isCloseDue) continue
      answered.push(packet)
      closing.onCloseSent()
    }
    expect(answered).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
  })

  it("ends when the peer's CLOSE arrives", () => {
    const closing = closedByUs()
    closing.onPacketWhileClosing(true)
    expect(states(closing)).toEqual(closed)
  })

  it("ends after a few CLOSEs when the host shuts down", () => {
    const closing = closedByUs()
    closing.onHostLeaving()
    // One CLOSE was sent already.
    for (let n = 1; n < Limits.farewells; n++) {
      expect(states(closing)).toEqual(due)
      closing.onCloseSent()
    }
    expect(states(closing)).toEqual(closed)
    closing.onHostLeaving()
    expect(states(closing)).toEqual(closed)
  })
})

it("closed by the peer, it answers with one CLOSE and ends", () => {
  const closing = new Closing()
  closing.onClose(5, "bye")
  expect(states(closing)).toEqual(due)
  closing.onCloseSent()
  expect(states(closing)).toEqual(closed)
})

it("returns the first reason, once", () => {
  const closing = closedByUs()
  closing.onClose(5, "bye")
  expect(closing.takeReason()).toEqual({ by: "us", code: 77, text: "enough" })
  expect(closing.takeReason()).toBeUndefined()
})

it("sends no CLOSE after an idle timeout", () => {
  const closing = new Closing()
  closing.onIdleTimeout()
  expect(states(closing)).toEqual(closed)
  expect(closing.takeReason()).toEqual({ by: "Idle", code: 0, text: "" })
})

it("is over at once when the peer has forgotten the session, without a CLOSE, also one that is due", () => {
  const closing = new Closing()
  closing.onReset()
  expect([closing.isClosed, closing.isCloseDue, closing.reason]).toEqual([true, false, {
    by: "Reset",
    code: 0,
    text: ""
  }])
  const ours = new Closing()
  ours.close(7, "", 100)
  ours.onReset()
  expect([ours.isClosed, ours.isCloseDue, ours.reason?.by]).toEqual([true, false, "us"])
})

it("leaves no CLOSE to send when the closing period is over", () => {
  const closing = new Closing()
  closing.close(7, "", 100)
  closing.onTimeout(100)
  expect([closing.isClosed, closing.isCloseDue]).toEqual([true, false])
})
