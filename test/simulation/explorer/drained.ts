/** Collects all frames that a core has to send. */
import { maxFrameBytes } from "../../../src/protocol/classic/ClassicFrame.ts"

const target = new Uint8Array(maxFrameBytes)

/** The frames that `poll` writes, in order, until it returns 0. */
export const drained = (poll: (target: Uint8Array) => number): ReadonlyArray<Uint8Array> => {
  const frames: Array<Uint8Array> = []
  for (let length = poll(target); length > 0; length = poll(target)) frames.push(target.slice(0, length))
  return frames
}
