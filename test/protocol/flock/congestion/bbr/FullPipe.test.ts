import { expect, it } from "vitest"
import { FullPipe } from "../../../../../src/protocol/flock/congestion/bbr/FullPipe.ts"
import { ackOf } from "../../controllerInputs.ts"

/** Number of rounds with these rates after which the path is full; 0 when it is not. */
const fullAfter = (
  rates: ReadonlyArray<number>,
  { isLimited = false, isQueueing = false } = {}
): number => {
  const pipe = new FullPipe()
  return 1 + rates.findIndex((rateBytesPerMilli) => {
    pipe.update(ackOf({ rateBytesPerMilli }), isLimited, isQueueing)
    return pipe.isNow
  })
}

it("is full after three rounds with less than a quarter of growth, after two when there is a queue", () => {
  expect(fullAfter([100, 124, 124, 124])).toBe(4)
  expect(fullAfter([100, 124, 124, 124], { isQueueing: true })).toBe(3)
})

it("is full at the first deep queue; later the growth decides", () => {
  const pipe = new FullPipe()
  pipe.onDeepQueue()
  expect([pipe.isNow, pipe.isReached]).toEqual([true, true])
  pipe.reset(100)
  pipe.onDeepQueue()
  expect([pipe.isNow, pipe.isReached]).toEqual([false, true])
})

it("counts rounds since the last growth, except those in which the sender was limited", () => {
  expect(fullAfter([100, 124, 124, 125, 130, 130, 130])).toBe(7)
  expect(fullAfter([100, 100, 100, 100, 100], { isLimited: true })).toBe(0)
})

it("can be detected again, and keeps that it was ever full", () => {
  const pipe = new FullPipe()
  const update = (rateBytesPerMilli: number) => pipe.update(ackOf({ rateBytesPerMilli }), false, false)
  for (const rate of [100, 100, 100, 100]) update(rate)
  pipe.reset(80)
  expect([pipe.isNow, pipe.isReached]).toEqual([false, true])
  for (const rate of [100, 100, 100]) update(rate)
  expect(pipe.isNow).toBe(false)
  update(100)
  expect(pipe.isNow).toBe(true)
})
