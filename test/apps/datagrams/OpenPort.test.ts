import { describe, expect, it } from "@effect/vitest"
import { answer, lastAnswer, openPort, silenceMillis } from "../../../src/apps/datagrams/OpenPort.ts"
import { Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"
import { clientTalk } from "../clientTalk.ts"
import { chanceOf } from "./seededChance.ts"

const rehearsal = () => new Rehearsal(openPort, { crypto })

describe("open-port", () => {
  it("answers three datagrams, byte for byte, and ends", () => {
    const play = rehearsal()
    const ala = play.join()
    for (const text of ["a", "b", "c"]) play.say(ala, text)
    expect(play.told(ala)).toEqual(["Hello from me also", "Hello from me also", "Woow..we speak on the edge"])
    expect(play.happenings.at(-1)).toEqual({ _tag: "Closed", client: ala, reason: "ended" })
  })

  it("drops what others send meanwhile, and serves the next sender after the last answer", () => {
    const play = rehearsal()
    play.say(play.join(), "a")
    const bo = play.join()
    play.say(bo, "b")
    expect(play.told(bo)).toEqual([])
    for (const text of ["c", "d"]) play.say(1, text)
    const cyr = play.join()
    play.say(cyr, "e")
    expect(play.told(cyr)).toEqual([answer])
  })

  it("gives a sender up after 30 s of silence, counted from its last datagram", () => {
    const play = rehearsal()
    const ala = play.join()
    play.say(ala, "a")
    play.wait(silenceMillis - 1)
    play.say(ala, "b")
    play.wait(silenceMillis - 1)
    expect(play.room.present()).toHaveLength(1)
    play.wait(1)
    expect([play.room.present(), play.logged]).toEqual([[], ["the sender fell silent"]])
  })

  it("does not answer its own answers: two of these servers cannot talk for ever", () => {
    const play = rehearsal()
    const ala = play.join()
    play.say(ala, answer)
    play.say(ala, lastAnswer)
    expect(play.told(ala)).toEqual([])
  })

  it("follows a model in random play", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const chance = chanceOf(seed)
      const play = rehearsal()
      /** The client that is served, its answers, and its last moment. */
      let served: { client: number; answered: number; at: number } | undefined
      const expected = new Map<number, Array<string>>()
      const open: Array<number> = []
      let now = 0
      for (let step = 0; step < 60; step++) {
        const wait = chance(4) === 0 ? chance(20_000) : 0
        now += wait
        if (wait > 0) play.wait(wait)
        if (served !== undefined && now >= served.at + silenceMillis) served = undefined
        if (open.length === 0 || chance(4) === 0) {
          const client = play.join()
          open.push(client)
          expected.set(client, [])
          if (served === undefined) served = { client, answered: 0, at: now }
          continue
        }
        const client = open[chance(open.length)] ?? 0
        play.say(client, "x")
        if (served?.client !== client) continue
        served = { client, answered: served.answered + 1, at: now }
        expected.get(client)?.push(served.answered === 3 ? lastAnswer : answer)
        if (served.answered === 3) served = undefined
      }
      for (const [client, told] of expected) expect([seed, client, play.told(client)]).toEqual([seed, client, told])
    }
  })

  it("has a client that asks, shows, and leaves after the last answer", () => {
    expect(clientTalk(openPort, ["opened", "typed hi", `got ${answer}`, "typed ho", `got ${lastAnswer}`])).toEqual([
      "ask Message: ",
      "send hi",
      `show ${answer}`,
      "ask Message: ",
      "send ho",
      `show ${lastAnswer}`,
      "leave"
    ])
  })
})
