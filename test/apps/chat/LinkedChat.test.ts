import { describe, expect, it } from "@effect/vitest"
import { linkedChat } from "../../../src/apps/chat/LinkedChat.ts"
import { copyMillis, windowMillis } from "../../../src/apps/chat/LinkedLimits.ts"
import { exampleOf, Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"
import { clientTalk } from "../clientTalk.ts"

const peer = { host: "192.0.2.9", port: 2001 }

/** A room with clients 1 and 2, which have been silent, and the connection 3 to the other server. */
const linked = () => {
  const play = new Rehearsal(linkedChat, { crypto, config: { peer: "192.0.2.9~2001" } })
  play.join()
  play.join()
  return { play, server: play.join("192.0.2.9", peer) }
}

describe("linked, without another server", () => {
  it("sends each text to all, its sender too, and counts the connections for the operator", () => {
    const play = new Rehearsal(linkedChat, { crypto })
    play.join()
    play.join()
    play.say(1, "is the kettle on?")
    play.say(2, "is the kettle on?")
    play.say(2, "always\n")
    expect(play.told(1)).toEqual(["is the kettle on?", "is the kettle on?", "always\n"])
    expect(play.told(2)).toEqual(play.told(1))
    expect(play.logged).toEqual(["[Active Connections] 1", "[Active Connections] 2"])
    expect(play.room.dials).toEqual([])
  })

  it.each(["DISCONNECT", "!DISCONNECT", "DISCONNECT\r\n"])("ends a connection by %j, and tells no other", (word) => {
    const play = new Rehearsal(linkedChat, { crypto })
    play.join()
    play.join()
    play.say(2, word)
    play.say(1, `${word}.`)
    expect(play.happenings.filter(({ _tag }) => _tag === "Closed")).toEqual([
      { _tag: "Closed", client: 2, reason: "ended" }
    ])
    expect(play.told(1)).toHaveLength(1)
  })

  it("removes what acts on a terminal, and refuses bytes that are no text", () => {
    const play = new Rehearsal(linkedChat, { crypto })
    play.join()
    play.join()
    for (const text of ["a\u001b[2J\rb\tc\r\nd\u202e", "\u0007", "", Uint8Array.of(0xff)]) play.say(2, text)
    expect(play.told(1)).toEqual(["a[2Jb\tc\r\nd"])
    expect(play.told(2)).toEqual(["a[2Jb\tc\r\nd", "The message is not text in UTF-8 and was not sent"])
  })
})

describe("linked, with another server", () => {
  it("dials it, and says so", () => {
    const { play, server } = linked()
    expect(play.room.dials).toEqual([peer])
    expect(play.logged.at(-1)).toBe("linked with 192.0.2.9:2001")
    expect(play.room.present().map(({ name }) => name)).toEqual([undefined, undefined, "192.0.2.9:2001"])
    play.leave(server, "reset")
    expect(play.logged.at(-1)).toBe("the link with 192.0.2.9:2001 has ended; it is dialed again")
  })

  it("passes the same text on twice, and shows neither of those that return", () => {
    const { play, server } = linked()
    play.say(1, "ok")
    play.say(1, "ok")
    play.wait(copyMillis)
    expect(play.told(server)).toEqual(["ok", "ok"])
    play.say(server, "okok")
    play.wait(2 * windowMillis)
    expect(play.told(1)).toEqual(["ok", "ok"])
    expect(play.told(2)).toEqual(["ok", "ok"])
    expect(play.told(server)).toEqual(["ok", "ok"])
  })

  it("shows a text of the other server once, although it comes on both connections, and does not send it back", () => {
    for (const isBareFirst of [true, false]) {
      const { play, server } = linked()
      const inbound = play.join("192.0.2.9")
      for (const text of ["čau", "ako?", "čau"]) {
        const says = [() => play.say(server, text), () => play.say(inbound, text)]
        for (const say of isBareFirst ? says : says.toReversed()) say()
      }
      play.wait(2 * windowMillis)
      expect(play.told(1)).toEqual(["čau", "ako?", "čau"])
      // From a server comes the text to every connection, the sender included.
      expect(play.told(inbound)).toEqual(play.told(1))
      expect(play.told(server)).toEqual([])
      expect(play.room.present().at(-1)?.name).toBe("192.0.2.9:2001 as a client")
    }
  })

  it("shows what the other server sends without having connected, a read a text", () => {
    const { play, server } = linked()
    play.say(server, "one")
    play.say(server, "two")
    play.wait(copyMillis)
    play.leave(1)
    play.leave(2)
    const silent = play.join()
    play.say(server, "three")
    play.wait(copyMillis)
    expect(play.told(1)).toEqual(["one", "two"])
    expect(play.told(silent)).toEqual(["three"])
  })

  it("goes on when the other server dies, and when it returns", () => {
    const { play, server } = linked()
    const inbound = play.join("192.0.2.9")
    play.say(server, "one")
    play.say(inbound, "one")
    play.leave(inbound, "reset")
    play.leave(server, "reset")
    play.say(1, "still here")
    const again = play.join("192.0.2.9", peer)
    play.say(1, "welcome back")
    play.wait(copyMillis)
    expect(play.told(again)).toEqual(["welcome back"])
    play.say(again, "welcome back")
    play.say(again, "thanks")
    play.wait(copyMillis)
    expect(play.told(2)).toEqual(["one", "still here", "welcome back", "thanks"])
  })

  it("drops texts to the other server that are too many to tell them apart, and tells the operator once", () => {
    const { play, server } = linked()
    play.say(1, "first")
    play.wait(copyMillis)
    for (let number = 0; number < 8200; number++) play.say(1, `text ${number}`)
    expect(play.told(2)).toHaveLength(8201)
    expect(play.told(server).length).toBeLessThan(8200)
    expect(play.logged.filter((text) => text.includes("are dropped"))).toHaveLength(1)
    play.wait(2 * windowMillis)
    play.say(1, "last")
    expect(play.told(server).at(-1)).toBe("last")
  })

  it.each(["192.0.2.1", "192.0.2.1~0", "~2001", "192.0.2.1~65536", "a b~1", ""])("refuses the peer %j", (text) => {
    expect(() => new Rehearsal(linkedChat, { crypto, config: { peer: text } })).toThrow("expected HOST~PORT")
  })

  it.each([
    ["localhost~2001", "localhost", 2001],
    ["192.0.2.1:2001", "192.0.2.1", 2001],
    ["2001:db8::1~2001", "2001:db8::1", 2001],
    ["[2001:db8::1]:2001", "2001:db8::1", 2001]
  ])("takes the peer %s", (text, host, port) => {
    expect(new Rehearsal(linkedChat, { crypto, config: { peer: text } }).room.dials).toEqual([{ host, port }])
  })

  it("has an example without defects", () => {
    const happenings = exampleOf(linkedChat, { crypto })
    expect(happenings.at(-1)).toEqual({ _tag: "Closed", client: 2, reason: "ended" })
  })
})

describe("the client of linked", () => {
  it("sends lines, shows what it gets, and says farewell", () => {
    expect(clientTalk(linkedChat, ["opened", "typed hi", "typed ", "got hi", "leaving"])).toEqual([
      "send hi",
      "show hi",
      "send DISCONNECT"
    ])
    expect(clientTalk(linkedChat, ["opened", "typed DISCONNECT", "ended"])).toEqual(["send DISCONNECT", "leave"])
  })
})
