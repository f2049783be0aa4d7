/** Counts to the end of the sequence numbers, which takes seconds. */
import { expect, it } from "vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { Reassembly } from "../../../src/protocol/classic/Reassembly.ts"
import { frameOf, infOf } from "./frames.ts"

it("a message has up to 16,777,215 fragments (R7)", () => {
  const largest = Frame.maxSequenceNumber
  const message = new Reassembly(1, infOf("F", 0, largest))
  const empty = frameOf(Frame.Kind.dat, 1, largest)
  for (let n = 0; n < largest - 3; n++) message.append(empty)
  expect([message.position, message.isComplete]).toEqual([largest - 3, false])
  for (const number of [largest - 2, largest - 1, largest]) {
    message.append(frameOf(Frame.Kind.dat, number, largest, Buffer.from("x")))
  }
  expect([message.position, message.isComplete, message.reception.contentBytes]).toEqual([largest, true, 3])
})
