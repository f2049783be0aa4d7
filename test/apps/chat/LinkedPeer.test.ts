import { describe, expect, it } from "@effect/vitest"
import * as Limits from "../../../src/apps/chat/LinkedLimits.ts"
import * as LinkedPeer from "../../../src/apps/chat/LinkedPeer.ts"

const hex = (text: string): string => Buffer.from(text).toString("hex")

/** Clients 1 and 2, the other server's client 3, and its connection 9; `acts` are those of each step. */
class Play {
  peer = [1, 2, 3].reduce(LinkedPeer.joined, { ...LinkedPeer.start, server: 9 })
  now = 0

  says(member: number, text: string): ReadonlyArray<string> {
    return this.#step(
      member === 9
        ? LinkedPeer.received(this.peer, hex(text), this.now)
        : LinkedPeer.said(this.peer, member, hex(text), this.now)
    )
  }

  leaves(member: number): ReadonlyArray<string> {
    return this.#step(LinkedPeer.left(this.peer, member, this.now))
  }

  wait(millis: number): ReadonlyArray<string> {
    const acts: Array<string> = []
    const end = this.now + millis
    for (let at = LinkedPeer.deadline(this.peer); at <= end; at = LinkedPeer.deadline(this.peer)) {
      this.now = Math.max(this.now, at)
      acts.push(...this.#step(LinkedPeer.woken(this.peer, this.now)))
    }
    this.now = end
    return acts
  }

  #step([peer, acts]: LinkedPeer.Step): ReadonlyArray<string> {
    this.peer = peer
    return acts.map(({ _tag, text }) => `${_tag} ${Buffer.from(text, "hex").toString()}`)
  }
}

describe("the other one of two servers", () => {
  it("is waited for at the first text of a client, and at none after it", () => {
    const play = new Play()
    expect(play.says(1, "a")).toEqual([])
    expect(play.says(1, "b")).toEqual([])
    expect(play.wait(Limits.copyMillis - 1)).toEqual([])
    expect(play.wait(1)).toEqual(["Show a", "Send a", "Show b", "Send b"])
    expect(play.says(1, "c")).toEqual(["Show c", "Send c"])
  })

  it("is the client whose text has a copy in the bare stream, in either order", () => {
    const bareFirst = new Play()
    expect(bareFirst.says(9, "a")).toEqual([])
    expect(bareFirst.says(3, "a")).toEqual(["Show a"])
    const framedFirst = new Play()
    expect(framedFirst.says(3, "a")).toEqual([])
    expect(framedFirst.says(9, "a")).toEqual(["Show a"])
    for (const { peer } of [bareFirst, framedFirst]) expect([peer.inbound, peer.provenAt]).toEqual([3, 0])
    // The others are clients now, without a wait.
    expect(framedFirst.says(2, "b")).toEqual(["Show b", "Send b"])
  })

  it("is the client that says what was sent, until it says something else", () => {
    const play = new Play()
    play.says(1, "hi")
    play.wait(Limits.copyMillis)
    play.says(9, "hi")
    // A client that says the same in this moment is taken for the other server, which would send the text back.
    expect(play.says(2, "hi")).toEqual([])
    expect([play.peer.inbound, play.peer.provenAt]).toEqual([2, Infinity])
    expect(play.says(2, "how are you?")).toEqual(["Show how are you?"])
    expect(play.wait(Limits.copyMillis)).toEqual(["Send how are you?"])
    expect(play.peer.inbound).toBeUndefined()
    expect(play.says(2, "well?")).toEqual(["Show well?", "Send well?"])
  })

  it("is believed what it says by a header, once it sends no text back by one", () => {
    const play = new Play()
    play.says(3, "a")
    play.says(9, "a")
    play.says(1, "b")
    play.says(9, "b")
    play.wait(Limits.windowMillis)
    expect(play.peer.returns).toBe(false)
    expect(play.says(3, "b")).toEqual(["Show b"])
    expect(play.says(9, "anything")).toEqual([])
    expect(play.wait(Limits.windowMillis)).toEqual([])
    play.leaves(3)
    expect(play.peer.returns).toBeUndefined()
    play.says(9, "c")
    expect(play.wait(Limits.holdMillis)).toEqual(["Show c"])
  })

  it("takes a text that it sends in parts for one, if it was sent", () => {
    const play = new Play()
    play.says(1, "is the kettle on?")
    play.wait(Limits.copyMillis)
    play.says(9, "is the")
    play.wait(Limits.holdMillis)
    expect(play.says(9, " kettle on?yes")).toEqual([])
    expect(play.wait(Limits.holdMillis)).toEqual(["Show yes"])
  })

  it("loses nothing of clients when it ends, or when they leave", () => {
    const play = new Play()
    play.says(1, "a")
    expect(play.leaves(1)).toEqual(["Show a", "Send a"])
    play.says(9, "b")
    play.says(2, "c")
    expect(play.leaves(9)).toEqual(["Show b", "Show c"])
    expect(play.says(2, "d")).toEqual(["Show d"])
  })

  it("does not wait for more texts than it may", () => {
    const play = new Play()
    for (let number = 0; number < Limits.pairs; number++) expect(play.says(1, `text ${number}`)).toEqual([])
    expect(play.says(1, "one more")).toHaveLength(2 * (Limits.pairs + 1))
  })
})
