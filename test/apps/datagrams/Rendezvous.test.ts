import { describe, expect, it } from "@effect/vitest"
import {
  attemptMillis,
  questionBytes,
  relayBurst,
  relaysPerSecond,
  rendezvous
} from "../../../src/apps/datagrams/Rendezvous.ts"
import { Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"
import { clientTalk } from "../clientTalk.ts"

const rehearsal = () => new Rehearsal(rendezvous, { crypto })
const meet = (word: string): string => `meet ${word}`.padEnd(questionBytes)

describe("rendezvous", () => {
  it("lets the first wait, and gives both the other's address as it sees it", () => {
    const play = rehearsal()
    const [ala, bo] = [play.join("198.51.100.1"), play.join("2001:db8::2")]
    play.say(ala, meet("dove"))
    play.say(bo, meet("dove"))
    expect(play.told(ala)).toEqual(["wait", "peer [2001:db8::2]:40002"])
    expect(play.told(bo)).toEqual(["peer 198.51.100.1:40001"])
    expect(play.logged).toEqual(["198.51.100.1:40001 and [2001:db8::2]:40002 have met"])
  })

  it("answers a repeated question, because an answer may be lost", () => {
    const play = rehearsal()
    const [ala, bo] = [play.join("198.51.100.1"), play.join("198.51.100.2")]
    play.say(ala, meet("dove"))
    play.say(ala, meet("dove"))
    play.say(bo, meet("dove"))
    play.say(ala, meet("dove"))
    expect(play.told(ala)).toEqual(["wait", "wait", "peer 198.51.100.2:40002", "peer 198.51.100.2:40002"])
    expect(play.told(bo)).toEqual(["peer 198.51.100.1:40001"])
  })

  it("keeps words apart, and a word is free for others after a meeting", () => {
    const play = rehearsal()
    const [ala, bo, cyr, dan] = [play.join(), play.join(), play.join(), play.join()]
    play.say(ala, meet("dove"))
    play.say(cyr, meet("owl"))
    play.say(bo, meet("dove"))
    play.say(dan, meet("dove"))
    expect([cyr, dan].map((client) => play.told(client))).toEqual([["wait"], ["wait"]])
  })

  it("takes back the word of a client that asks for another, leaves, or falls silent", () => {
    const play = rehearsal()
    const [ala, bo, cyr] = [play.join(), play.join(), play.join()]
    play.say(ala, meet("dove"))
    play.say(ala, meet("owl"))
    play.say(bo, meet("dove"))
    play.leave(bo, "silent")
    play.say(cyr, meet("dove"))
    expect([ala, bo, cyr].map((client) => play.told(client))).toEqual([["wait", "wait"], ["wait"], ["wait"]])
  })

  it.each([
    "meet dove",
    meet("dove").slice(1),
    meet("dove").slice(0, -1),
    meet("seventeen-letters"),
    meet("two words"),
    meet(""),
    meet("žaba"),
    meet("dove").toUpperCase()
  ])("does not answer %j", (question) => {
    const play = rehearsal()
    play.say(play.join(), question)
    expect(play.told(1)).toEqual([])
  })

  it("never answers with more bytes than it was asked with, also to the longest address", () => {
    const play = rehearsal()
    const longest = "2001:0db8:1111:2222:3333:4444:5555:6666"
    const [ala, bo] = [play.join(longest), play.join(longest)]
    play.say(ala, meet("sixteen-letters!"))
    play.say(bo, meet("sixteen-letters!"))
    const sent = [ala, bo].map((client) => play.told(client).join("").length)
    expect(Math.max(...sent)).toBeLessThanOrEqual(questionBytes)
  })

  it("relays between the two after 5 s, and nothing before", () => {
    const play = rehearsal()
    const [ala, bo, cyr] = [play.join(), play.join(), play.join()]
    play.say(ala, meet("dove"))
    play.say(bo, meet("dove"))
    play.wait(attemptMillis - 1)
    play.say(ala, "early")
    play.wait(1)
    play.say(ala, "hello")
    play.say(bo, Uint8Array.of(0xff))
    play.say(cyr, "a stranger's")
    expect([play.told(ala).slice(2), play.told(bo).slice(1), play.told(cyr)]).toEqual([
      [Uint8Array.of(0xff)],
      ["hello"],
      []
    ])
  })

  it("relays to nothing after one of the two has left", () => {
    const play = rehearsal()
    const [ala, bo] = [play.join(), play.join()]
    play.say(ala, meet("dove"))
    play.say(bo, meet("dove"))
    play.wait(attemptMillis)
    play.leave(bo, "silent")
    play.say(ala, "hello")
    play.say(ala, meet("dove"))
    expect([play.told(bo).length, play.told(ala).at(-1)]).toEqual([1, "wait"])
  })

  it("relays at a limited rate", () => {
    const play = rehearsal()
    const [ala, bo] = [play.join(), play.join()]
    play.say(ala, meet("dove"))
    play.say(bo, meet("dove"))
    play.wait(attemptMillis)
    const relayed = () => {
      const before = play.told(bo).length
      for (let count = 0; count < 200; count++) play.say(ala, "x")
      return play.told(bo).length - before
    }
    expect(relayed()).toBe(relayBurst)
    play.wait(1000)
    expect(relayed()).toBe(relaysPerSecond)
    play.wait(60_000)
    expect(relayed()).toBe(relayBurst)
  })

  it("has a client that asks a word, pads the question, and sends lines afterwards", () => {
    expect(clientTalk(rendezvous, ["opened", "typed two words", "typed dove", "got wait", "typed hello"])).toEqual([
      "ask A word that both of you know: ",
      "ask A word that both of you know: ",
      `send ${meet("dove")}`,
      "show wait",
      "send hello"
    ])
  })
})
