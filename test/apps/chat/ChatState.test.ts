import { describe, expect, it } from "vitest"
import { authorOf, begin, drafted, named, personOf, withPerson } from "../../../src/apps/chat/ChatState.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"
import { Scene } from "../../protocol/conversation/plainEvents.ts"

const empty = () => begin({ seed: new Uint8Array(32), crypto, language: "en", now: 0, room: "hall", server: "alpha" })
const person = (member: number, nick?: string) => ({
  member,
  address: { host: "192.0.2.1", port: 1 },
  identity: nick === undefined ? undefined : { author: `${nick}@alpha`, nick, device: `d${member}` },
  n: 0,
  ignored: new Set<string>(),
  away: undefined
})

describe("the state of a chat room", () => {
  it("numbers the events of each person, and has none of a person without a name", () => {
    const chat = withPerson(withPerson(empty(), person(1, "ala")), person(2))
    const [once, [first]] = drafted(chat, 1, "said", { text: "x" })
    const [, [second]] = drafted(once, 1, "said", { text: "y" }, { origin: "o", seq: 1 })
    expect(first).toMatchObject({ draft: { author: "ala@alpha", device: "d1", n: 1, kind: "said" } })
    expect(second).toMatchObject({ draft: { n: 2, re: { origin: "o", seq: 1 } } })
    expect([drafted(chat, 2, "said", {})[1], drafted(chat, 3, "said", {})[1]]).toEqual([[], []])
    expect(personOf(chat, 1)?.n).toBe(0)
    expect(named(chat).map(({ member }) => member)).toEqual([1])
  })

  it("finds the person that a nick means: first of this server, else the only one", () => {
    const chat = withPerson(empty(), person(1, "~ala"))
    const scene = new Scene("hall")
    for (const author of ["ala@beta", "bo@beta", "cyr@beta", "cyr@gamma"]) scene.add(author, "said", { text: "x" })
    chat.view.add(scene.events)
    const find = (nick: string, server?: string) => authorOf(chat, { nick, server })
    expect(find("ALA")).toEqual({ author: "~ala@alpha" })
    expect(find("ala", "beta")).toEqual({ author: "ala@beta" })
    expect(find("bo")).toEqual({ author: "bo@beta" })
    expect(find("cyr")).toBe("there are several of this nick; write cyr@SERVER")
    expect(find("аla")).toBe("there is no аla in this room; ala looks like it")
    expect(find("dana")).toBe("there is no dana in this room")
  })
})
