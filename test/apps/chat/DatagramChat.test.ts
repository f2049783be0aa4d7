import { describe, expect, it } from "@effect/vitest"
import { datagramChat } from "../../../src/apps/chat/DatagramChat.ts"
import { exampleOf, Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"
import { clientTalk } from "../clientTalk.ts"

const rehearsal = () => new Rehearsal(datagramChat, { crypto })

describe("datagram-chat", () => {
  it("relays the texts of published clients as they are, to every other address", () => {
    const told = exampleOf(datagramChat, { crypto }).flatMap((one) =>
      one._tag === "Told" ? [[one.client, one.message]] : []
    )
    expect(told).toEqual([
      [1, "[bo] => join chat "],
      [2, "[ala] :: the build is green"],
      [1, "[bo] :: which one?"],
      [1, "[bo] <= left chat "]
    ])
  })

  it("relays any other datagram too, also bytes", () => {
    const play = rehearsal()
    const [ala, bo] = [play.join(), play.join()]
    play.say(bo, Uint8Array.of(0xff, 0x01))
    play.say(bo, "no form")
    expect(play.told(ala)).toEqual([Uint8Array.of(0xff, 0x01), "no form"])
    expect(play.told(bo)).toEqual([])
  })

  it("knows a sender by the name in its texts, and forgets an address that has left", () => {
    const play = rehearsal()
    const [ala, bo] = [play.join(), play.join()]
    play.say(ala, "[ala] => join chat ")
    play.say(bo, "[bo] :: hello")
    expect(play.room.present().map(({ name }) => name)).toEqual(["ala", "bo"])
    play.say(bo, "[b\u0007o] :: hello")
    play.say(bo, "[] :: hello")
    expect(play.room.present().map(({ name }) => name)).toEqual(["ala", "bo"])
    play.say(ala, "[ala] <= left chat ")
    expect(play.room.present().map(({ name }) => name)).toEqual(["bo"])
  })

  it("has 64 addresses at most", () => {
    const play = rehearsal()
    for (let count = 0; count < 65; count++) play.join()
    expect(play.happenings.at(-1)).toMatchObject({ _tag: "Refused", client: 65 })
  })

  it("has a client that says that it leaves when the input ends, if it has joined", () => {
    expect(clientTalk(datagramChat, ["opened", "leaving"])).toEqual(["ask Your name: "])
    expect(clientTalk(datagramChat, ["typed ala", "leaving"])).toEqual([
      "send [ala] => join chat ",
      "send [ala] <= left chat "
    ])
  })

  it("has a client that asks a name, and writes the texts of published clients", () => {
    expect(clientTalk(datagramChat, [
      "opened",
      "typed [ala]",
      "typed ala",
      "got [bo] => join chat ",
      "typed hello",
      "typed",
      "typed exit"
    ])).toEqual([
      "ask Your name: ",
      "ask Your name: ",
      "send [ala] => join chat ",
      "show [bo] => join chat ",
      "send [ala] :: hello",
      "send [ala] <= left chat ",
      "leave"
    ])
  })
})
