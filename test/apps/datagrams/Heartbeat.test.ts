import { describe, expect, it } from "@effect/vitest"
import { beatMillis, heartbeat } from "../../../src/apps/datagrams/Heartbeat.ts"
import { firstMoment, Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"
import { clientTalk } from "../clientTalk.ts"

const rehearsal = (config = {}) => new Rehearsal(heartbeat, { crypto, config })
/** The Unix time in seconds, this time after the start. */
const at = (seconds: number): string => String(firstMoment / 1000 + seconds)

describe("heartbeat", () => {
  it("sends the Unix time in seconds to the first sender, at once and every 5 s", () => {
    const play = rehearsal()
    const ala = play.join()
    play.say(ala, "x")
    for (let beat = 0; beat < 4; beat++) {
      play.wait(beatMillis)
      play.say(ala, "x")
    }
    expect(play.told(ala)).toEqual([at(0), at(5), at(10), at(15), at(20)])
    expect(at(0)).toBe("1704067200")
    expect(play.logged).toEqual([])
  })

  it("beats in another interval, and waits for the other side in proportion", () => {
    const play = rehearsal({ every: "1" })
    const ala = play.join()
    play.say(ala, "x")
    play.wait(60_000)
    expect(play.told(ala)).toEqual([at(0), at(1), at(2)])
    expect(play.logged).toEqual(["the other side fell silent", "the other side was silent for 3 s: stopped"])
  })

  it("sends to no second sender", () => {
    const play = rehearsal()
    play.say(play.join(), "x")
    const bo = play.join()
    play.say(bo, "x")
    play.wait(beatMillis)
    expect(play.told(bo)).toEqual([])
  })

  it("reports that the other side fell silent, and stops after 15 s", () => {
    const play = rehearsal()
    const ala = play.join()
    play.say(ala, "x")
    play.wait(7499)
    expect(play.logged).toEqual([])
    play.wait(1)
    expect(play.logged).toEqual(["the other side fell silent"])
    play.wait(60_000)
    expect(play.told(ala)).toEqual([at(0), at(5), at(10)])
    expect(play.logged).toEqual(["the other side fell silent", "the other side was silent for 15 s: stopped"])
    expect(play.room.present()).toEqual([])
  })

  it("goes on when the other side speaks again in time", () => {
    const play = rehearsal()
    const ala = play.join()
    play.say(ala, "x")
    play.wait(14_999)
    play.say(ala, "x")
    play.wait(7499)
    expect(play.logged).toEqual(["the other side fell silent", "the other side speaks again"])
    expect(play.told(ala)).toEqual([at(0), at(5), at(10), at(15), at(20)])
  })

  it("serves the next sender after the first was given up", () => {
    const play = rehearsal()
    play.say(play.join(), "x")
    play.wait(15_000)
    const bo = play.join()
    play.say(bo, "x")
    expect(play.told(bo)).toEqual([at(15)])
  })

  it("sends nothing after the other side has left", () => {
    const play = rehearsal()
    const ala = play.join()
    play.say(ala, "x")
    play.leave(ala, "reset")
    play.wait(60_000)
    expect([play.told(ala), play.logged]).toEqual([[at(0)], []])
  })

  it("has a client that answers no beat of the same second, nothing earlier, and nothing that is no time", () => {
    const beats = ["1704067200", "1704067200", "heartbeat", "1704067199", "1704067200.9", "1704067201"]
    const answered = clientTalk(heartbeat, beats.map((text) => `got ${text}`)).filter((line) => line.startsWith("send"))
    expect(answered).toEqual(["send heartbeat", "send heartbeat"])
  })

  it("has a client that speaks first and answers each beat with its own", () => {
    expect(clientTalk(heartbeat, ["opened", "got 1704067200", "typed hello", "ended"])).toEqual([
      "send heartbeat",
      "show 1704067200",
      "send heartbeat",
      "send hello"
    ])
  })
})
