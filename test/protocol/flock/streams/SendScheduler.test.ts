import { describe, expect, it } from "vitest"
import { OutOfOrderSpace } from "../../../../src/protocol/flock/streams/OutOfOrderSpace.ts"
import { SendScheduler } from "../../../../src/protocol/flock/streams/SendScheduler.ts"
import { Stream } from "../../../../src/protocol/flock/streams/Stream.ts"

const stream = (id: number, bytes: number): Stream => {
  const made = new Stream(id, 10_000, 0, new OutOfOrderSpace({ windowBytes: 0 }))
  made.send.write(new Uint8Array(bytes))
  return made
}

const idsOf = (scheduler: SendScheduler): ReadonlyArray<number> => {
  const ids: Array<number> = []
  for (let next = scheduler.nextFrame(200); next !== undefined; next = scheduler.nextFrame(200)) {
    if (next._tag === "Stream") ids.push(next.id)
  }
  return ids
}

describe("the scheduler of a session's streams", () => {
  it("serves streams in turn, lost data first, until the session's credit is used up", () => {
    const scheduler = new SendScheduler(700, () => undefined)
    const [first, second] = [stream(0, 400), stream(2, 400)]
    scheduler.activate(first)
    scheduler.activate(second)
    const lost = scheduler.nextFrame(200)
    if (lost?._tag !== "Stream") throw new Error("no data")
    first.send.onLost(lost)
    scheduler.retransmit(first)
    expect(idsOf(scheduler).slice(0, 3)).toEqual([0, 2, 0])
    expect([scheduler.creditBytes, scheduler.hasUnsent]).toEqual([0, false])
    expect([scheduler.raiseLimit(700), scheduler.raiseLimit(800), scheduler.creditBytes]).toEqual([false, true, 100])
    scheduler.activate(second)
    scheduler.forget(second)
    expect([scheduler.hasUnsent, scheduler.nextFrame(200)]).toEqual([false, undefined])
  })

  it("sends no new data first of a stream whose lost data was acknowledged in the meantime", () => {
    const scheduler = new SendScheduler(10_000, () => undefined)
    const [spurious, lost] = [stream(0, 400), stream(2, 400)]
    spurious.send.finish()
    const sent = [spurious, lost].map((one) => {
      scheduler.activate(one)
      const frame = scheduler.nextFrame(200)
      if (frame?._tag !== "Stream") throw new Error("no data")
      one.send.onLost(frame)
      scheduler.retransmit(one)
      return frame
    })
    if (sent[0] !== undefined) spurious.send.onAcked(sent[0])
    expect(scheduler.nextFrame(200)).toMatchObject({ id: 2, offset: 0 })
  })

  it("tells when a full stream has room again", () => {
    const writable: Array<number> = []
    const scheduler = new SendScheduler(10_000, ({ id }) => void writable.push(id))
    const full = stream(4, 300)
    full.isFull = true
    scheduler.activate(full)
    idsOf(scheduler)
    expect([writable, full.isFull]).toEqual([[4], false])
  })
})
