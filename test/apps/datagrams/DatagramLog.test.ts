import { describe, expect, it } from "@effect/vitest"
import { multicast, peer } from "../../../src/apps/datagrams/DatagramLog.ts"
import { Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"
import { clientTalk } from "../clientTalk.ts"

describe.each([["peer", peer], ["multicast", multicast]] as const)("%s", (_, app) => {
  it("shows the operator each datagram with its sender, and answers nothing", () => {
    const play = new Rehearsal(app, { crypto })
    const [ala, bo] = [play.join("192.0.2.1"), play.join("2001:db8::2")]
    play.say(ala, "coo")
    play.say(bo, Uint8Array.of(0xff, 0x00))
    play.leave(ala)
    play.say(ala, "gone")
    expect(play.logged).toEqual(["192.0.2.1:40001: coo", "[2001:db8::2]:40002: ff 00 (2 bytes)"])
    expect([play.told(ala), play.told(bo)]).toEqual([[], []])
  })

  it("has a client that sends lines and shows what it gets", () => {
    expect(clientTalk(app, ["opened", "typed coo", "got hello"])).toEqual(["send coo", "show hello"])
  })
})

it("the default group needs no root: a port above 1023, and administrative scope", () => {
  expect(multicast.dialects[0]).toMatchObject({ transport: "multicast", group: "239.255.40.40", port: 4041 })
})
