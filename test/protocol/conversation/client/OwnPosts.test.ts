import { describe, expect, it } from "vitest"
import * as Limits from "../../../../src/protocol/conversation/client/ClientLimits.ts"
import { OwnPosts } from "../../../../src/protocol/conversation/client/OwnPosts.ts"

const said = (text: string) => ({ kind: "said", body: { text }, re: undefined })
const posts = (...texts: ReadonlyArray<string>) => {
  const own = new OwnPosts()
  for (const text of texts) own.add(said(text), 0)
  return own
}
const states = ({ unrecorded }: OwnPosts) => unrecorded.map(({ n, state }) => [n, state])

describe("the posts of a person that are not recorded yet", () => {
  it("are sent one after the other, and stay until their event comes", () => {
    const own = posts("one", "two")
    expect(own.next(0)).toBeUndefined()
    own.onLive("ala@alpha")
    expect(own.next(0)).toEqual({ n: 1, ...said("one") })
    expect(own.next(0)).toBeUndefined()
    expect(states(own)).toEqual([[1, "sent"], [2, "waiting"]])
    own.onPosted(1, false)
    expect(states(own)).toEqual([[1, "recorded"], [2, "waiting"]])
    own.onEvent({ n: 1 })
    expect(own.next(0)).toMatchObject({ n: 2 })
    own.onPosted(2, true)
    expect([own.unrecorded, own.isIdle]).toEqual([[], true])
  })

  it("are repeated as the same author, and doubtful as another one", () => {
    const own = posts("one")
    own.onLive("ala@alpha")
    own.next(0)
    own.onLost()
    expect(states(own)).toEqual([[1, "waiting"]])
    own.onLive("ala@beta")
    expect(own.next(0)).toBeUndefined()
    expect([states(own), own.isIdle]).toEqual([[[1, "doubtful"]], true])
    own.add(said("two"), 0)
    expect(own.next(0)).toMatchObject({ n: 2 })
    own.onPosted(2, true)
    own.onLost()
    own.onLive("ala@alpha")
    expect(own.next(0)).toMatchObject({ n: 1 })
  })

  it("are repeated after the time that the server asks for, before later ones", () => {
    const own = posts("one", "two")
    own.onLive("ala@alpha")
    own.next(0)
    expect(own.onRefused(1, 50, 100)).toBeUndefined()
    expect([own.deadline, own.next(149), own.next(150)?.n, own.deadline]).toEqual([150, undefined, 1, Infinity])
    expect(own.onRefused(1, undefined, 160)).toMatchObject({ n: 1, body: { text: "one" } })
    expect(own.next(160)?.n).toBe(2)
    expect(own.remove(2)).toBeUndefined()
  })

  it("are limited, and their numbers never used again", () => {
    const own = new OwnPosts()
    for (let at = 1; at <= Limits.unansweredPosts; at++) expect(own.add(said("x"), 0)).toBe(at)
    expect(own.add(said("x"), 0)).toBeUndefined()
    own.remove(Limits.unansweredPosts)
    expect(own.add(said("x"), 0)).toBe(Limits.unansweredPosts + 1)
  })

  it("of a guest that takes another nick go on as the new author", () => {
    const own = posts("one")
    own.onRenamed("~bo@alpha")
    expect(own.next(0)).toBeUndefined()
    own.onLive("~ala@alpha")
    own.onRenamed("~bo@alpha")
    own.next(0)
    own.onLost()
    own.onLive("~bo@alpha")
    expect(own.next(0)?.n).toBe(1)
  })
})
