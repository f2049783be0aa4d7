/** Counts to the end of the sequence numbers, which takes seconds. */
import { expect, it } from "vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { plan } from "../../../src/protocol/classic/Fragments.ts"
import { Outbound } from "../../../src/protocol/classic/Outbound.ts"
import * as Timing from "../../../src/transport/Timing.ts"
import { none } from "./frames.ts"

it("fragments are numbered correctly up to 16,777,215 (R7)", () => {
  const name = Buffer.from("a")
  const planned = plan("file", name, Frame.maxSequenceNumber - 1, 1)
  if ("_tag" in planned) throw new Error(planned._tag)
  const outbound = new Outbound(planned, [name], { dialect: "frame", timing: Timing.classic })
  const block = Array.from({ length: 2 ** 16 }, () => none)
  outbound.take()
  for (let n = 0; n < 255; n++) {
    outbound.offer(block)
    while (outbound.take() !== undefined);
  }
  // The name uses one number, and 2²⁴ itself is no valid number.
  outbound.offer(block.slice(2))
  const numbers = block.slice(2).map(() => outbound.take()?.sequenceNumber)
  expect(numbers.slice(-3)).toEqual([
    Frame.maxSequenceNumber - 2,
    Frame.maxSequenceNumber - 1,
    Frame.maxSequenceNumber
  ])
  expect([outbound.take(), outbound.wantsContent]).toEqual([undefined, false])
})
