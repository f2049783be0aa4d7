import { describe, expect, it } from "vitest"
import { widthOf } from "../../../src/cli/text/Width.ts"
import { screenOf, shown, shownRows, sketch } from "./roomViews.ts"

const sizes = [[80, 24], [200, 60], [60, 20], [20, 5], [1, 1], [2, 3], [20, 8], [45, 12]] as const

describe("the screen of a room", () => {
  it("shows the situation of the design at 80 × 24", () => {
    const view = sketch()
    expect(shown(screenOf(view), view)).toMatchInlineSnapshot(`
      "
       hall@alpha · 7 here · alpha ⇄ beta ⇄ gamma            topic: release on Friday
      ────────────────────────────────────────────────────────────────────────────────








       this is the beginning of the room
      ── Tuesday 1 December 2026 ─────────────────────────────────────────────────────
       12:00  operator has set the topic: release on Friday
       12:01  ala          the build is green                                       ✓✓
       12:02  bo@beta      which one?
       12:02  ala          ↳ main                                                   ✓✓
      ── beta is away since 12:03: bo, cyr and 2 others ──────────────────────────────
       12:03  bo@beta      yes, five minutes                 late, written 12:03 there
       12:04  ala          shall we wait?                                           ✓
      ── beta is back ────────────────────────────────────────────────────────────────
       12:09  ~guest-7     plan.pdf  2.1 MiB   /get 1
      ────────────────────────────────────────────────────────────────────────────────
       #hall  #words·3  @bo·1                                                     ala
      >
      "
    `)
  })

  it("shows it at 60 × 20", () => {
    const view = sketch()
    expect(shown(screenOf(view, { width: 60, height: 20 }), view)).toMatchInlineSnapshot(`
      "
       hall@alpha · 7 here · alpha ⇄ beta ⇄ gamma   topic: relea…
      ────────────────────────────────────────────────────────────




       this is the beginning of the room
      ── Tuesday 1 December 2026 ─────────────────────────────────
       12:00  operator has set the topic: release on Friday
       12:01  ala      the build is green                       ✓✓
       12:02  bo@beta  which one?
       12:02  ala      ↳ main                                   ✓✓
      ── beta is away since 12:03: bo, cyr and 2 others ──────────
       12:03  bo@beta  yes, five minutes late, written 12:03 there
       12:04  ala      shall we wait?                           ✓
      ── beta is back ────────────────────────────────────────────
       12:09  ~guest-7 plan.pdf  2.1 MiB   /get 1
      ────────────────────────────────────────────────────────────
       #hall  #words·3  @bo·1                                 ala
      >
      "
    `)
  })

  it("shows it at 20 × 5", () => {
    const view = sketch()
    expect(shown(screenOf(view, { width: 20, height: 5 }), view)).toMatchInlineSnapshot(`
      "
       hall@alpha
      plan.pdf  2.1 MiB
      /get 1
       #hall  #words·3  @b
      >
      "
    `)
  })

  it("shows it at 200 × 60", () => {
    const view = sketch()
    expect(shown(screenOf(view, { width: 200, height: 60 }), view)).toMatchInlineSnapshot(`
      "
       hall@alpha · 7 here · alpha ⇄ beta ⇄ gamma                                                                                                                                    topic: release on Friday
      ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────












































       this is the beginning of the room
      ── Tuesday 1 December 2026 ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
       12:00  operator has set the topic: release on Friday
       12:01  ala              the build is green                                                                                                                                                           ✓✓
       12:02  bo@beta          which one?
       12:02  ala              ↳ main                                                                                                                                                                       ✓✓
      ── beta is away since 12:03: bo, cyr and 2 others ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
       12:03  bo@beta          yes, five minutes                                                                                                                                     late, written 12:03 there
       12:04  ala              shall we wait?                                                                                                                                                               ✓
      ── beta is back ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
       12:09  ~guest-7         plan.pdf  2.1 MiB   /get 1
      ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
       #hall  #words·3  @bo·1                                                                                                                                                                             ala
      >
      "
    `)
  })

  it.each(sizes)("has exactly %i columns and %i rows", (width, height) => {
    const view = sketch()
    const rows = shownRows(screenOf(view, { width, height }), view)
    expect(rows.map(widthOf)).toEqual(Array.from({ length: height }, () => width))
  })
})
