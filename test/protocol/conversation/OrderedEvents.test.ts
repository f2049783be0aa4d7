import { describe, expect, it } from "@effect/vitest"
import { OrderedEvents } from "../../../src/protocol/conversation/OrderedEvents.ts"
import { emptyVector } from "../../../src/protocol/conversation/Vector.ts"
import { alpha, beta, eventOf } from "./rooms.ts"

const a = [eventOf(alpha, 1, 1), eventOf(alpha, 2, 4)] as const
const b = [eventOf(beta, 1, 2), eventOf(beta, 2, 3), eventOf(beta, 3, 4)] as const
const inOrder = [a[0], b[0], b[1], a[1], b[2]]

const filled = (): OrderedEvents => {
  const events = new OrderedEvents()
  for (const event of [...b, ...a]) events.add(event)
  return events
}

describe("events in order", () => {
  it("stand in the order of the room, however they came", () => {
    expect(filled().all).toEqual(inOrder)
  })

  it("are read in pages, without those that a vector has", () => {
    const events = filled()
    const first = events.page({ beyond: emptyVector, after: undefined, limit: 2 })
    expect(first).toEqual(inOrder.slice(0, 2))
    expect(events.page({ beyond: emptyVector, after: first.at(-1), limit: 9 })).toEqual(inOrder.slice(2))
    const beyond = new Map([[beta.origin, 2], [alpha.origin, 1]])
    expect(events.page({ beyond, after: undefined, limit: 9 })).toEqual([a[1], b[2]])
    expect(events.page({ beyond, after: b[2], limit: 9 })).toEqual([])
  })

  it("are erased and purged", () => {
    const events = filled()
    expect(events.erase({ origin: beta.origin, seq: 1 })).toMatchObject({ body: null, salt: null, hash: b[0].hash })
    expect(events.all[1]?.body).toBeNull()
    expect(events.erase({ origin: beta.origin, seq: 9 })).toBeUndefined()
    events.purge(new Map([[beta.origin, 2]]))
    expect(events.all).toEqual([a[0], a[1], b[2]])
  })
})
