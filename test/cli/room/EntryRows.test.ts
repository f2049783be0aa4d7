import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { widthOf } from "../../../src/cli/text/Width.ts"
import type { JsonObject } from "../../../src/protocol/conversation/CanonicalJson.ts"
import type { Event } from "../../../src/protocol/conversation/Event.ts"
import * as InvisibleCharacter from "../../../src/protocol/InvisibleCharacter.ts"
import { Scene } from "../../protocol/conversation/plainEvents.ts"
import { at, clientView, me, notice, now, roomView, screenOf, shown, shownRows } from "./roomViews.ts"

const ref = ({ origin, seq }: Event) => ({ origin, seq })

describe("the rows of a room", () => {
  it("show answers, edits, reactions, actions, moves, powers and days", () => {
    const scene = new Scene("hall")
    const say = (author: string, text: string, more: Partial<Event> = {}, body: JsonObject = {}) =>
      scene.add(author, "said", { text, ...body }, { time: at("09:00"), ...more })
    scene.add("operator@alpha", "made", { app: "chat", access: "public" }, { time: at("00:00") - 3_600_000 })
    const question = say(
      "bo@beta",
      "where is the long plan that we have talked about on Monday and on Tuesday, and on all other days?"
    )
    say(me, "in\n\tthe drawer")
    const answer = say(me, "on the desk", { re: ref(question) })
    scene.add(me, "edited", { text: "under the desk" }, { re: ref(answer) })
    for (const person of ["bo@beta", "cyr@beta"]) scene.add(person, "reacted", { sign: "👍" }, { re: ref(answer) })
    say("bo@beta", "looks", {}, { isAction: true })
    for (const person of ["cyr@beta", "dana@alpha"]) scene.add(person, "joined", {}, { time: at("09:30") })
    scene.add("eva@alpha", "left", {}, { time: at("09:31") })
    scene.add("operator@alpha", "power", { person: "bo@beta", power: "moderator" }, { time: at("09:32") })
    scene.add("bo@beta", "barred", { person: "eva@alpha", bar: "mute", reason: "loud" }, { time: at("09:33") })
    const last = scene.add("bo@beta", "named", { name: "bob" }, { time: at("09:34") })
    const post = {
      n: 1,
      state: "sent",
      kind: "said",
      body: { text: "not there yet" },
      re: undefined,
      time: now
    } as const
    const room = roomView(scene, {
      unrecorded: [post],
      notices: [
        notice("moved", last, { time: at("09:40"), joined: ["fil@gamma"], left: ["bo@beta"] }),
        notice("lost", last, { server: "alpha", text: "the connection was reset", time: at("09:41") }),
        notice("resumed", last, { server: "beta", text: "connected to beta as ~ala", time: at("09:42") }),
        notice("told", last, { text: "3 messages before this are not here", time: at("09:43") }),
        notice("refused", last, { text: "you may only read here", time: at("09:44") })
      ]
    })
    const view = clientView([room])
    expect(shown(screenOf(view, { width: 76, height: 34 }), view)).toMatchInlineSnapshot(`
      "
       hall@alpha · 0 here
      ────────────────────────────────────────────────────────────────────────────







       this is the beginning of the room
      ── Monday 30 November 2026 ─────────────────────────────────────────────────
       23:00  operator has made the room
      ── Tuesday 1 December 2026 ─────────────────────────────────────────────────
       09:00  bo@beta      where is the long plan that we have talked about on
                           Monday and on Tuesday, and on all other days?
       09:00  ala          in
                               the drawer                                       ✓✓
       09:00  ala          ↳ bo@beta: where is the long plan that we have talk…
                           under the desk (edited)
                           👍 bob@beta and cyr@beta                             ✓✓
       09:00  *            bo@beta looks
       09:30  cyr@beta and dana joined; eva left
       09:32  operator has made bob@beta moderator
       09:33  bo@beta has muted eva: loud
       09:34  bo@beta is bob now
       09:40  fil@gamma joined; bob@beta left
      ── not connected to alpha: the connection was reset ────────────────────────
      ── connected to beta as ~ala ───────────────────────────────────────────────
       09:43  3 messages before this are not here
       09:44  you may only read here
       12:10  ala          not there yet                                        …
      ────────────────────────────────────────────────────────────────────────────
       #hall                                                  ala, 1 not sent yet
      >
      "
    `)
  })

  it("hide those who are ignored, and are never wider than the screen or harmful", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme" }),
      fc.constantFrom(
        "\u001b[2J\u0007",
        "\u202eabc",
        "e" + "\u0301".repeat(500),
        "👩‍👩‍👧".repeat(40),
        "日本".repeat(60),
        "a\n".repeat(80)
      )
    )
    const sizes = fc.record({ width: fc.integer({ min: 1, max: 120 }), height: fc.integer({ min: 1, max: 40 }) })
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 8 }), hostile, sizes, (texts, name, size) => {
        const scene = new Scene("hall")
        const author = `${name.replaceAll("@", "")}@beta`
        const posts = texts.map((text) => scene.add(author, "said", { text: text || "x" }))
        scene.add(author, "file", { name: name || "x", bytes: 1, sha256: "0".repeat(64), text: name })
        scene.add(author, "named", { name: name || "x" })
        scene.add("operator@alpha", "topic", { text: name })
        if (posts[0] !== undefined) scene.add(me, "said", { text: "yes" }, { re: ref(posts[0]) })
        const view = clientView([
          roomView(scene, {
            notices: [
              notice("away", posts[0], { server: name, left: [author], leftCount: 3 }),
              notice("told", posts[0], { text: name })
            ],
            people: [{ person: author, state: "typing" }],
            unrecorded: [{ n: 1, state: "waiting", kind: "said", body: { text: name }, re: undefined, time: 0 }]
          })
        ], { links: [{ server: name, isLinked: false }] })
        const rows = shownRows(screenOf(view, size), view)
        expect(rows.map(widthOf)).toEqual(Array.from({ length: size.height }, () => size.width))
        expect(rows.filter((row) => InvisibleCharacter.first(row) !== undefined)).toEqual([])
        const ignoring = { ...view, isIgnored: (one: string) => one === author }
        expect(shownRows(screenOf(ignoring, { width: 120, height: 40 }), ignoring).join("\n")).not.toContain("/get")
      }),
      { numRuns: 60 }
    )
  })
})
