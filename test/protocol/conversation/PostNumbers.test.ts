import { describe, expect, it } from "@effect/vitest"
import * as Limits from "../../../src/protocol/conversation/ConversationLimits.ts"
import { PostNumbers } from "../../../src/protocol/conversation/PostNumbers.ts"

const post = { author: "ala@alpha", device: "d", n: 4, room: "hall" }
const recorded = { ...post, origin: "o", seq: 9 }

describe("the posts of a device", () => {
  it("are known when they are repeated", () => {
    const posts = new PostNumbers()
    expect(posts.repeated(post)).toBeUndefined()
    posts.onEvent(recorded)
    expect(posts.repeated(post)).toEqual({ event: { origin: "o", seq: 9 } })
    expect(posts.repeated({ ...post, n: 3 })).toEqual({ event: undefined })
    expect(posts.repeated({ ...post, n: 5 })).toBeUndefined()
    expect(posts.repeated({ ...post, device: "e" })).toBeUndefined()
    expect(posts.repeated({ ...post, room: "cellar" })).toBeUndefined()
  })

  it("are not taken back by an older record", () => {
    const posts = new PostNumbers()
    posts.onEvent(recorded)
    posts.onEvent({ ...recorded, n: 2, seq: 7 })
    expect(posts.repeated(post)).toEqual({ event: { origin: "o", seq: 9 } })
  })

  it("are remembered for the newest devices", () => {
    const posts = new PostNumbers()
    posts.onEvent(recorded)
    posts.onEvent({ ...recorded, device: "e" })
    posts.onEvent({ ...recorded, n: 5 })
    for (let n = 0; n < Limits.rememberedDevices - 1; n++) posts.onEvent({ ...recorded, device: `${n}` })
    expect(posts.repeated(post)).toBeDefined()
    expect(posts.repeated({ ...post, device: "e" })).toBeUndefined()
  })
})
