import { describe, expect, it } from "vitest"
import { type HubSurroundings, RoomHub, type RoomReader } from "../../../src/conversation/readers/RoomHub.ts"
import type { EncodedMessage } from "../../../src/protocol/conversation/client/EncodedMessage.ts"
import { Scene } from "../../protocol/conversation/plainEvents.ts"

const world = () => {
  const set: Array<string> = []
  const told: Array<string> = []
  const texts = new Set<EncodedMessage>()
  const surroundings: HubSurroundings = {
    now: () => 0,
    time: () => 0,
    schedule: () => undefined,
    flushLater: () => undefined,
    invite: (person, room, access, by) => void told.push(`${by} invites ${person} to the ${access} ${room}`)
  }
  const hub = new RoomHub("plans", surroundings)
  const scene = new Scene("plans")
  hub.addPowers([scene.add("ala@alpha", "made", { app: "chat", access: "private" })])
  hub.begin({
    room: "plans",
    access: () => ({ access: "private", servers: [] }),
    synced: () => new Map([[scene.events[0]?.origin ?? "", 1]]),
    everywhere: () => new Map(),
    present: () => [{ person: "bo@beta", state: "here" }, { person: "cyr@beta", state: "away" }],
    post: () => undefined,
    setPresence: ({ person, state }) => void set.push(`${person} ${state}`)
  })
  const reader = (person: string): RoomReader => ({
    person,
    onEvents: (_, events) => {
      for (const { message, seq } of events) {
        texts.add(message)
        told.push(`${person} event ${seq}`)
      }
    },
    tellOf: (_, message) => {
      texts.add(message)
      const { how, person: other, state, t } = JSON.parse(message.text)
      told.push(`${person} ${t} ${other ?? how} ${state ?? ""}`.trim())
    },
    expel: (_, reason) => void told.push(`${person} expelled: ${reason}`),
    fail: (reason) => void told.push(`${person} fails: ${reason}`)
  })
  const record = (...[author, kind, body]: [string, string, Record<string, string>]) => {
    hub.onNews({ _tag: "Recorded", event: scene.add(author, kind, body) })
    hub.flush()
  }
  return { hub, reader, record, set, told, texts }
}

describe("a room on its server", () => {
  it("encodes a message once for all readers", () => {
    const { hub, reader, record, texts, told } = world()
    for (const name of ["ala", "dana"]) hub.attach(reader(`${name}@alpha`))
    texts.clear()
    record("ala@alpha", "said", { text: "x" })
    expect([told.slice(-2), texts.size]).toEqual([["ala@alpha event 2", "dana@alpha event 2"], 1])
    expect(Array.from(hub.told.values())).toEqual([2])
  })

  it("has a person at the place where it is most", () => {
    const { hub, reader, set } = world()
    const [phone, desk] = [reader("ala@alpha"), reader("ala@alpha")]
    hub.attach(phone)
    hub.attach(desk)
    hub.setState(phone, "away")
    hub.setState(desk, "typing")
    hub.detach(desk)
    hub.detach(phone)
    hub.detach(phone)
    expect(set).toEqual(["ala@alpha here", "ala@alpha typing", "ala@alpha away", "ala@alpha gone"])
    expect([hub.isIdle, hub.peopleCount]).toEqual([true, 2])
  })

  it("tells in one line that the people of a link are away", () => {
    const { hub, reader, told } = world()
    hub.attach(reader("ala@alpha"))
    hub.onNews({ _tag: "Gone", people: ["bo@beta", "cyr@beta"], server: "beta" })
    hub.onNews({ _tag: "Presence", present: { person: "bo@beta", state: "here" } })
    expect(told.slice(1)).toEqual([
      "ala@alpha presence bo@beta gone",
      "ala@alpha presence cyr@beta gone",
      "ala@alpha moved away",
      "ala@alpha presence bo@beta here",
      "ala@alpha moved back"
    ])
  })

  it("invites, removes and admits by the powers of its people", () => {
    const { hub, reader, record, told } = world()
    expect(hub.refusalTo("dana@alpha")).toMatch(/not invited/)
    record("ala@alpha", "power", { person: "dana@alpha", power: "speaker" })
    expect([told.at(-1), hub.refusalTo("dana@alpha")]).toEqual([
      "ala@alpha invites dana@alpha to the private plans",
      undefined
    ])
    hub.attach(reader("dana@alpha"))
    // One without the power removes nobody.
    record("dana@alpha", "barred", { person: "ala@alpha", bar: "kick" })
    record("ala@alpha", "barred", { person: "dana@alpha", bar: "kick", reason: "go\nhome" })
    expect(told.filter((text) => text.includes("expelled"))).toEqual([
      "dana@alpha expelled: you were removed from this room: go home"
    ])
    expect([hub.isIdle, hub.refusalTo("dana@alpha")]).toEqual([true, undefined])
  })

  it("that takes no more events ends its readers", () => {
    const { hub, reader, told } = world()
    hub.attach(reader("ala@alpha"))
    hub.onNews({ _tag: "Failed", reason: "the disk is full" })
    expect([told.at(-1), hub.refusalTo("ala@alpha")]).toEqual(["ala@alpha fails: the disk is full", "the disk is full"])
  })
})
