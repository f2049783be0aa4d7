import { describe, expect, it } from "vitest"
import { ReaderPosts } from "../../../../src/protocol/conversation/client/ReaderPosts.ts"

const post = (n: number) => ({ n, kind: "said", re: undefined, body: { text: "x" } })

describe("the posts of a reader", () => {
  it("are taken one after the other", () => {
    const posts = new ReaderPosts()
    for (const n of [1, 2]) expect(posts.add(post(n), true)).toBeUndefined()
    expect([posts.next()?.n, posts.next()]).toEqual([1, undefined])
    posts.onTaken()
    expect([posts.next()?.n, posts.unanswered]).toEqual([2, 2])
    posts.onAnswered()
    posts.onAnswered()
    expect(posts.unanswered).toBe(0)
  })

  it("wait for one that was refused for a while", () => {
    const posts = new ReaderPosts()
    for (const n of [1, 2, 3]) posts.add(post(n), true)
    expect(posts.next()?.n).toBe(1)
    expect(posts.hold(1).map(({ n }) => n)).toEqual([2, 3])
    posts.onTaken()
    expect([posts.unanswered, posts.next()]).toEqual([0, undefined])
    // A later one would be recorded before it, and it would count as repeated.
    expect(posts.add(post(4), true)).toBe(1)
    expect([posts.add(post(1), true), posts.add(post(2), true), posts.next()?.n]).toEqual([undefined, undefined, 1])
  })

  it("wait for one for which there was no room", () => {
    const posts = new ReaderPosts()
    expect([posts.add(post(1), false), posts.add(post(2), true), posts.add(post(1), true)]).toEqual([1, 1, undefined])
  })
})
