import { describe, expect, it } from "vitest"
import { RoomsClient } from "../../../../src/protocol/conversation/client/RoomsClient.ts"
import { perform } from "../../../../src/protocol/conversation/client/TypedLine.ts"
import type { Access } from "../../../../src/protocol/conversation/EventBody.ts"
import { Scene } from "../plainEvents.ts"

const here = (person: string) => ({ person, state: "here" as const })

/** A client in the hall of alpha, where bo@alpha and cyr@beta have said something, and ala too. */
const inHall = (access: Access = "public") => {
  const client = new RoomsClient("d")
  client.openRoom("hall")
  client.connected({ as: "password", name: "ala", password: "x" })
  client.pollTransmit(0)
  client.receive(
    { t: "welcome", v: 1, server: "alpha", author: "ala@alpha", nick: "ala", isGuest: false, servers: [] },
    0
  )
  client.pollTransmit(0)
  const scene = new Scene("hall")
  client.receive({ t: "opened", room: "hall", access }, 0)
  client.receive({ t: "people", room: "hall", people: ["ala@alpha", "bo@alpha"].map(here), isFirst: true }, 0)
  const events = [
    scene.add("bo@alpha", "said", { text: "which one?" }),
    scene.add("cyr@beta", "said", { text: "any" }),
    scene.add("ala@alpha", "said", { text: "mine" })
  ]
  for (const event of events) client.receive({ t: "event", event }, 0)
  client.receive({ t: "live", room: "hall" }, 0)
  const type = (line: string, now = 1000) => perform(client, "hall", line, now)
  const sent = () => {
    const all = []
    for (let next = client.pollTransmit(0); next !== undefined; next = client.pollTransmit(0)) all.push(next)
    return all
  }
  /** The post of a line. */
  const posted = (line: string) => {
    expect(type(line)).toEqual({ _tag: "Done" })
    const [post, ...more] = client.roomView("hall")?.unrecorded ?? []
    expect(more).toEqual([])
    client.takeBack("hall", post?.n ?? 0)
    return post === undefined ? undefined : [post.kind, post.body, post.re]
  }
  return { client, events, type, sent, posted }
}

const refOf = ({ origin, seq }: { readonly origin: string; readonly seq: number }) => ({ origin, seq })

describe("a line that a person types", () => {
  it("is a post, or a command that posts", () => {
    const { events: [bos, cyrs, own], posted } = inHall()
    expect(posted("hello")).toEqual(["said", { text: "hello" }, undefined])
    expect(posted("//etc")).toEqual(["said", { text: "/etc" }, undefined])
    expect(posted("/me waits")).toEqual(["said", { text: "waits", isAction: true }, undefined])
    expect(posted("/re bo main")).toEqual(["said", { text: "main" }, refOf(bos!)])
    expect(posted("/edit yours")).toEqual(["edited", { text: "yours" }, refOf(own!)])
    expect(posted("/remove")).toEqual(["removed", {}, refOf(own!)])
    expect(posted("/remove cyr")).toEqual(["removed", {}, refOf(cyrs!)])
    expect(posted("/topic Friday")).toEqual(["topic", { text: "Friday" }, undefined])
    expect(posted("/mute cyr 10m noise")).toEqual([
      "barred",
      { person: "cyr@beta", bar: "mute", until: 601_000, reason: "noise" },
      undefined
    ])
    expect(posted("/ban cyr off")).toEqual(["barred", { person: "cyr@beta", bar: "none" }, undefined])
    expect(posted("/kick cyr@beta")).toEqual(["barred", { person: "cyr@beta", bar: "kick" }, undefined])
    expect(posted("/power bo moderator")).toEqual(["power", { person: "bo@alpha", power: "moderator" }, undefined])
  })

  it("opens, lists and leaves rooms", () => {
    const { client, sent, type } = inHall()
    expect(type("/join #Kitchen")).toEqual({ _tag: "Enter", room: "kitchen" })
    expect(type("/rooms")).toEqual({ _tag: "Show", what: "rooms" })
    expect(sent().map(({ t }) => t)).toEqual(["rooms", "open"])
    expect(type("/leave good night")).toEqual({ _tag: "Left", room: "hall" })
    expect(sent()).toMatchObject([{ t: "post", body: { text: "good night" } }])
    client.receive({ t: "posted", room: "hall", n: 1 }, 0)
    expect(sent()).toEqual([{ t: "close", room: "hall" }])
    expect(client.view.rooms.map(({ room }) => room)).toEqual(["kitchen"])
    expect(type("hello")).toMatchObject({ _tag: "Wrong" })
    expect(perform(client, undefined, "/who", 0)).toEqual({
      _tag: "Wrong",
      text: "you are in no room; enter one with /join ROOM"
    })
  })

  it("says something to one person in the room of both", () => {
    const { client, sent, type } = inHall()
    const room = "ala@alpha:cyr@beta"
    expect(type("/msg cyr secret")).toEqual({ _tag: "Enter", room })
    expect(sent()).toEqual([{ t: "open", room }])
    client.receive({ t: "refused", what: "open", room, reason: "there is no such room" }, 0)
    expect(sent()).toEqual([{ t: "make", room, access: "direct", person: "cyr@beta" }])
    client.receive({ t: "opened", room, access: "direct" }, 0)
    client.receive({ t: "live", room }, 0)
    expect(sent()).toMatchObject([{ t: "post", room, body: { text: "secret" } }])
    expect(type("/msg dana@gamma hello")).toEqual({ _tag: "Enter", room: "ala@alpha:dana@gamma" })
    expect(type("/msg ala hello")).toEqual({ _tag: "Wrong", text: "this is you" })
    expect(type("/msg dana hello")).toEqual({ _tag: "Wrong", text: "there is no dana in this room" })
    expect(perform(client, room, "/re bo hello", 0)).toEqual({
      _tag: "Wrong",
      text: "there is no message of this person to answer"
    })
  })

  it("invites into a private room only", () => {
    expect(inHall("private").posted("/invite bo")).toEqual([
      "power",
      { person: "bo@alpha", power: "speaker" },
      undefined
    ])
    expect(inHall().type("/invite bo")).toMatchObject({ text: "everybody may enter this room: /join hall" })
    expect(inHall("direct").type("/invite bo")).toMatchObject({ text: "a direct room has two people only" })
  })

  it("changes what the person sees, and where it is", () => {
    const { client, sent, type } = inHall()
    expect(type("/ignore bo")).toEqual({ _tag: "Told", text: "you do not see this person any more" })
    expect(client.view.isIgnored("bo@alpha")).toBe(true)
    expect(type("/ignore bo")).toMatchObject({ text: "you see this person again" })
    expect(type("/away lunch")).toMatchObject({ text: "you are away" })
    expect(sent()).toEqual([{ t: "presence", room: "hall", state: "away" }])
    expect(type("/away")).toMatchObject({ text: "you are back" })
    expect(sent()).toEqual([{ t: "presence", room: "hall", state: "here" }])
    expect(type("/mark")).toEqual({ _tag: "Done" })
    expect(sent()).toMatchObject([{ t: "mark" }])
    expect(type("/nick ola")).toEqual({ _tag: "Wrong", text: "your nick is that of your account" })
    expect(type("/topic")).toEqual({ _tag: "Told", text: "this room has no topic" })
  })

  it("that needs a terminal or a disk is returned, and so is what is wrong", () => {
    const { type } = inHall()
    expect(type("")).toEqual({ _tag: "Done" })
    expect(type("/who")).toEqual({ _tag: "Show", what: "people" })
    expect(type("/links")).toEqual({ _tag: "Show", what: "links" })
    expect(type("/help topic")).toMatchObject({ _tag: "Help", about: { word: "topic" } })
    expect(type("/search green")).toEqual({ _tag: "Search", text: "green" })
    expect(type("/file plan.pdf")).toEqual({ _tag: "File", path: "plan.pdf" })
    expect(type("/get 3")).toEqual({ _tag: "Get", number: 3, path: undefined })
    expect(type("/tpoic x")).toEqual({ _tag: "Wrong", text: "there is no command /tpoic; did you mean /topic?" })
  })
})
