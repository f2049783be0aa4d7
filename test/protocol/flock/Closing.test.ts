import { describe, expect, it } from "vitest"
import { Closing } from "../../../src/protocol/flock/Closing.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"

const states = (ending: Closing) => [ending.isOpen, ending.isCloseDue, ending.isClosed]
const open = [true, false, false]
const due = [false, true, false]
const closing = [false, false, false]
const closed = [false, false, true]

/** Closed by us, CLOSE sent, to be over at 30. */
const ours = (): Closing => {
  const ending = new Closing()
  ending.close(77, "enough", 30)
  ending.onCloseSent()
  return ending
}

it("begins open, with nothing to tell and no deadline", () => {
  const ending = new Closing()
  ending.onTimeout(1e9)
  expect(states(ending)).toEqual(open)
  expect([ending.deadline, ending.takeReason()]).toEqual([Infinity, undefined])
})

describe("closed by us", () => {
  it("says so once, answers whatever comes, and is over in the end", () => {
    const ending = new Closing()
    ending.close(77, "enough", 30)
    expect(states(ending)).toEqual(due)
    ending.onCloseSent()
    expect(states(ending)).toEqual(closing)
    ending.onPacketWhileClosing(false)
    expect(states(ending)).toEqual(due)
    ending.onCloseSent()
    ending.onTimeout(29)
    expect([...states(ending), ending.deadline]).toEqual([...closing, 30])
    ending.onTimeout(30)
    expect([...states(ending), ending.deadline]).toEqual([...closed, Infinity])
  })

  it("is over when the peer says that it knows", () => {
    const ending = ours()
    ending.onPacketWhileClosing(true)
    expect(states(ending)).toEqual(closed)
  })

  it("is over after a few CLOSEs when the host goes away", () => {
    const ending = ours()
    ending.onHostLeaving()
    // One has gone already.
    for (let n = 1; n < Limits.farewells; n++) {
      expect(states(ending)).toEqual(due)
      ending.onCloseSent()
    }
    expect(states(ending)).toEqual(closed)
    ending.onHostLeaving()
    expect(states(ending)).toEqual(closed)
  })
})

it("closed by the peer, it answers once and is over", () => {
  const ending = new Closing()
  ending.onClose(5, "bye")
  expect(states(ending)).toEqual(due)
  ending.onCloseSent()
  expect(states(ending)).toEqual(closed)
})

it("tells the first reason, once", () => {
  const ending = ours()
  ending.onClose(5, "bye")
  expect(ending.takeReason()).toEqual({ by: "us", code: 77, text: "enough" })
  expect(ending.takeReason()).toBeUndefined()
})

it("of a peer that fell silent tells nobody", () => {
  const ending = new Closing()
  ending.onIdleTimeout()
  expect(states(ending)).toEqual(closed)
  expect(ending.takeReason()).toEqual({ by: "Idle", code: 0, text: "" })
})
