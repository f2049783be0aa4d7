import { describe, expect, it } from "@effect/vitest"
import type { PostResult, RoomNews } from "../../../src/conversation/logs/Logs.ts"
import * as ClusterLimits from "../../../src/node/cluster/ClusterLimits.ts"
import { RoomReplica } from "../../../src/node/cluster/RoomReplica.ts"
import type { Opened } from "../../../src/node/cluster/SiteEntities.ts"
import type { Event } from "../../../src/protocol/conversation/Event.ts"
import { alpha, beta, post } from "../../conversation/store/events.ts"
import { draft } from "../../suites/logs.ts"

const opened = (origin: string, synced: Readonly<Record<string, number>>): Opened => ({
  _tag: "Opened",
  origin,
  subscription: 1,
  access: { access: "public", servers: [] },
  synced,
  everywhere: {}
})

/** The event that a draft has become. */
const eventOf = ({ author, device, n }: ReturnType<typeof draft>, origin: string, seq: number): Event =>
  post(origin, seq, { author, device, n })

const replica = () => {
  const news: Array<RoomNews> = []
  const results: Array<[number, PostResult]> = []
  const room = new RoomReplica(() => undefined)
  room.listen((one) => void news.push(one))
  const says = (n: number) => room.post(draft("d", n), (result) => results.push([n, result]))
  const numbers = () => room.nextPosts().map(({ n }) => n)
  const outcomes = () => results.map(([n, result]) => [n, typeof result === "string" ? result : result._tag])
  return { room, news, says, numbers, outcomes }
}

describe("a room of a site at a host", () => {
  it("sends its posts in their order, one call at a time, and ends each with its event", () => {
    const { numbers, outcomes, room, says } = replica()
    for (const n of [1, 2]) says(n)
    expect(numbers()).toEqual([])
    room.onMessage(opened(alpha, {}))
    expect(numbers()).toEqual([1, 2])
    says(3)
    expect(numbers()).toEqual([])
    room.onMessage({ _tag: "Recorded", event: eventOf(draft("d", 1), alpha, 1) })
    expect(outcomes()).toEqual([[1, "Posted"]])
    const outcome = { _tag: "Posted" } as const
    expect(room.onAnswer([draft("d", 1), draft("d", 2)], { outcomes: [outcome, outcome], origin: alpha, last: 2 }))
      .toBe(true)
    expect(numbers()).toEqual([3])
    room.onMessage({ _tag: "Recorded", event: eventOf(draft("d", 2), alpha, 2) })
    expect(outcomes()).toEqual([[1, "Posted"], [2, "Posted"]])
  })

  it("reads what it has missed before it sends again what has no answer", () => {
    const { news, numbers, outcomes, room, says } = replica()
    room.onMessage(opened(alpha, { [alpha]: 5 }))
    for (const n of [1, 2]) says(n)
    expect([numbers(), room.synced()]).toEqual([[1, 2], new Map([[alpha, 5]])])
    room.onSession()
    room.onMessage(opened(beta, { [alpha]: 6 }))
    expect([room.isBehind, numbers()]).toEqual([true, []])
    // The first of them was recorded before the host was killed.
    room.onEvents([eventOf(draft("d", 1), alpha, 6)])
    expect([room.isBehind, numbers(), outcomes()]).toEqual([false, [2], [[1, "Posted"]]])
    room.onMessage({ _tag: "Recorded", event: eventOf(draft("d", 1), alpha, 6) })
    expect(news.filter(({ _tag }) => _tag === "Recorded").length).toBe(1)
  })

  it("says that a post was recorded before when all events up to the answer are here, and wants a new session from another start", () => {
    const { numbers, outcomes, room, says } = replica()
    room.onMessage(opened(alpha, {}))
    for (const n of [1, 2, 3, 4]) says(n)
    expect(numbers()).toEqual([1, 2, 3, 4])
    const answer = {
      outcomes: [{ _tag: "Repeated" }, { _tag: "Repeated" }, { _tag: "Full" }, { _tag: "Refused", reason: "no" }],
      origin: alpha,
      last: 1
    } as const
    const posts = [1, 2, 3, 4].map((n) => draft("d", n))
    expect(room.onAnswer(posts, { ...answer, origin: beta })).toBe(false)
    expect(room.onAnswer(posts, answer)).toBe(true)
    expect(outcomes()).toEqual([])
    room.onMessage({ _tag: "Recorded", event: eventOf(draft("d", 1), alpha, 1) })
    expect(outcomes()).toEqual([[1, "Posted"], [2, "Repeated"], [3, "Full"], [4, "no"]])
  })

  it("has no event that was purged while it was away", () => {
    const { numbers, room, says } = replica()
    room.onMessage(opened(alpha, {}))
    room.onMessage(opened(beta, { [alpha]: 9 }))
    room.onPurged()
    says(1)
    expect([room.isBehind, numbers()]).toEqual([false, [1]])
  })

  it("names its people again when the room has moved, and gives those of others the time of a lease", () => {
    const { news, room } = replica()
    const [ala, bo, cyr] = ["ala", "bo", "cyr"].map((name) => ({ person: `${name}@alpha`, state: "here" as const }))
    if (ala === undefined || bo === undefined || cyr === undefined) throw new Error("three people")
    room.onMessage(opened(alpha, {}))
    room.setPresence(ala)
    room.onMessage({ _tag: "Here", people: [bo, cyr] })
    expect(room.nextPresences()?.changes).toEqual([ala])
    expect(room.nextPresences()).toBeUndefined()
    room.onMessage(opened(beta, {}))
    expect(room.nextPresences()).toMatchObject({ to: { origin: beta }, changes: [ala] })
    room.onMessage({ _tag: "Here", people: [bo] })
    expect(room.present()).toEqual([ala, bo, cyr])
    room.onLeaseEnd()
    expect(room.present()).toEqual([ala, bo])
    room.onMessage({ _tag: "Gone", people: [bo.person] })
    expect(news).toEqual([
      { _tag: "Presence", present: bo },
      { _tag: "Presence", present: cyr },
      { _tag: "Gone", people: [cyr.person], server: undefined },
      { _tag: "Gone", people: [bo.person], server: undefined }
    ])
  })

  it("refuses posts when it has failed, and beyond its limit", () => {
    const { news, outcomes, room, says } = replica()
    for (let n = 1; n <= ClusterLimits.waitingPosts + 1; n++) says(n)
    expect(outcomes()).toEqual([[ClusterLimits.waitingPosts + 1, "more than 4096 posts wait for the room"]])
    room.fail("the disk is full")
    says(9999)
    room.fail("again")
    expect(outcomes().length).toBe(ClusterLimits.waitingPosts + 2)
    expect(outcomes().at(-1)).toEqual([9999, "the disk is full"])
    expect(news).toEqual([{ _tag: "Failed", reason: "the disk is full" }])
  })
})
