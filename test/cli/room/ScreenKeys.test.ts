import { describe, expect, it } from "vitest"
import { followed } from "../../../src/cli/room/ReadingRooms.ts"
import { handlePaste } from "../../../src/cli/room/ScreenKeys.ts"
import { openState, type ScreenState } from "../../../src/cli/room/ScreenState.ts"
import { Scene } from "../../protocol/conversation/plainEvents.ts"
import { around, at, clientView, now, roomView, screenOf, shown, shownRows, sketch, typed } from "./roomViews.ts"

const drafts = (state: ScreenState) => openState(state).draft.text
const longRoom = (isWhole = true) => {
  const scene = new Scene("hall")
  for (let number = 1; number <= 40; number++) {
    scene.add("bo@alpha", "said", { text: `text ${number}` }, { time: at("12:00") })
  }
  return clientView([roomView(scene, { isWhole })])
}
const small = { width: 60, height: 14 }
const texts = (state: ScreenState, view: ReturnType<typeof longRoom>) =>
  shownRows(state, view).flatMap((row) => /text (\d+)/.exec(row)?.[1] ?? [])

describe("a line that is typed", () => {
  const view = sketch()
  const start = screenOf(view)

  it("is sent by Enter, and others see that it is typed", () => {
    const { state, wishes } = typed(start, view, "hello[Enter]")
    expect(wishes).toEqual([
      { _tag: "Presence", room: "hall", state: "typing" },
      { _tag: "Line", room: "hall", line: "hello" },
      { _tag: "Presence", room: "hall", state: "here" }
    ])
    expect(drafts(state)).toBe("")
  })

  it("is kept for each room", () => {
    const { state } = typed(start, view, "for all[Ctrl-N]for words")
    expect([state.open, drafts(state)]).toEqual(["words", "for words"])
    const back = typed(state, view, "[Alt-1]").state
    expect([back.open, drafts(back)]).toEqual(["hall", "for all"])
  })

  it("has several lines by Alt-Enter and by a paste, which Up and Down go through", () => {
    const pasted =
      handlePaste(typed(start, view, "a[Alt-Enter]").state, { text: "b\nc", length: 3 }, around(view)).state
    expect(drafts(pasted)).toBe("a\nb\nc")
    expect(shown(pasted, view).trimEnd().split("\n").slice(-3)).toEqual(["> a", "  b", "  c"])
    const edited = typed(pasted, view, "[Up][Up]x[Down][End]y").state
    expect(drafts(edited)).toBe("ax\nby\nc")
    expect(typed(edited, view, "[Enter]").wishes).toContainEqual({
      _tag: "Line",
      room: "hall",
      line: "ax\nby\nc"
    })
  })

  it("comes back by Up, and the draft by Down", () => {
    const { state } = typed(start, view, "one[Enter]two[Enter]draft[Up][Up]")
    expect(drafts(state)).toBe("one")
    expect(drafts(typed(state, view, "[Up]").state)).toBe("one")
    expect(drafts(typed(state, view, "[Down]").state)).toBe("two")
    expect(drafts(typed(state, view, "[Down][Down]").state)).toBe("draft")
  })

  it("of too many characters is not pasted", () => {
    const { state } = handlePaste(start, { text: "a", length: 20_000 }, around(view))
    expect([drafts(state), state.message]).toEqual(["", expect.stringContaining("it has 20000 characters")])
  })
})

describe("Tab", () => {
  const view = sketch()
  const start = screenOf(view)

  it("completes names, and goes on to the next one", () => {
    const once = typed(start, view, "thanks [Tab]").state
    expect(drafts(once)).toBe("thanks ")
    expect(drafts(typed(start, view, "b[Tab]").state)).toBe("bo@beta: ")
    expect(drafts(typed(start, view, "ask d[Tab]").state)).toBe("ask dana@beta ")
    const cycled = typed(start, view, "/m[Tab]").state
    expect(drafts(cycled)).toBe("/msg ")
    expect(shown(cycled, view)).toContain("\n msg  me  mark  mute\n".replaceAll(" m", " /m"))
    expect(drafts(typed(cycled, view, "[Tab]").state)).toBe("/me ")
    expect(drafts(typed(cycled, view, "[Shift-Tab]").state)).toBe("/mute ")
    expect(drafts(typed(cycled, view, "[Tab]x[Tab]").state)).toBe("/me x")
  })

  it("completes paths by those of the machine", () => {
    const pathsOf = (typedPath: string) => typedPath === "./p" ? ["./plan.pdf", "./pictures/"] : []
    const once = typed(start, view, "/file ./p[Tab]", { pathsOf }).state
    expect(drafts(once)).toBe("/file ./plan.pdf ")
    expect(drafts(typed(once, view, "[Tab]", { pathsOf }).state)).toBe("/file ./pictures/")
  })
})

describe("scrolling", () => {
  it("goes back by pages, stays where it is when more comes, and returns by Esc", () => {
    const view = longRoom()
    const start = screenOf(view, small)
    expect(texts(start, view)).toEqual(["32", "33", "34", "35", "36", "37", "38", "39", "40"])
    const { state } = typed(start, view, "[PageUp]")
    expect(texts(state, view)).toEqual(["24", "25", "26", "27", "28", "29", "30", "31", "32"])
    expect(shown(state, view)).toContain("8 newer below; Esc goes there")
    view.rooms[0]!.timeline.add([{
      ...new Scene("hall").add("bo@alpha", "said", { text: "text 41" }),
      seq: 41,
      n: 41,
      clock: 41
    }])
    expect(texts(state, view)).toEqual(["24", "25", "26", "27", "28", "29", "30", "31", "32"])
    expect(texts(typed(state, view, "[Esc]").state, view).at(-1)).toBe("41")
    expect(texts(typed(state, view, "[PageDown][PageDown]").state, view).at(-1)).toBe("41")
  })

  it("ends at the first row, and asks for earlier messages there", () => {
    const view = longRoom(false)
    const { state, wishes } = typed(screenOf(view, small), view, "[PageUp]".repeat(6))
    expect(texts(state, view)).toEqual(["1", "2", "3", "4", "5", "6", "7"])
    expect(shown(state, view)).toContain("PageUp shows earlier messages")
    expect(wishes.filter(({ _tag }) => _tag === "Past").length).toBeGreaterThan(0)
    const whole = longRoom()
    expect(typed(screenOf(whole, small), whole, "[PageUp]".repeat(6)).wishes).toEqual([])
  })
})

describe("a search", () => {
  it("shows matches while it is typed, the newest first", () => {
    const view = longRoom()
    const { state } = typed(screenOf(view, small), view, "draft[Ctrl-F]TEXT 1")
    expect(shown(state, view)).toContain("── 11 of 11 ──")
    expect(shown(state, view)).toContain(">12:00  bo       text 19")
    const older = typed(state, view, "[Up][Up]").state
    expect(shown(older, view)).toContain(">12:00  bo       text 17")
    expect(shown(typed(older, view, "[Down]").state, view)).toContain(">12:00  bo       text 18")
    const kept = typed(older, view, "[Enter]").state
    expect([kept.search, drafts(kept)]).toEqual([undefined, "draft"])
    expect(texts(kept, view)).toContain("17")
    expect(texts(typed(older, view, "[Esc]").state, view).at(-1)).toBe("40")
  })

  it("asks for earlier messages where it finds none", () => {
    const view = longRoom(false)
    const { state } = typed(screenOf(view, small), view, "[Ctrl-F]nothing")
    expect(shown(state, view)).toContain("no message here has it; Up asks for earlier ones")
    expect(typed(state, view, "[Up]").wishes).toEqual([{ _tag: "Past", room: "hall" }])
  })
})

describe("the list", () => {
  const view = sketch()
  const start = screenOf(view)

  it("of keys stands in the place of the room until Esc, and goes on with PageDown", () => {
    const { state } = typed(start, view, "[F1]")
    expect(shown(state, view)).toContain(" Enter                   sends the text, or runs the command\n")
    expect(shown(state, view)).toContain("more rows with PageDown; Esc closes")
    expect(shown(typed(state, view, "[PageDown]").state, view)).toContain("Ctrl-C, Ctrl-D")
    expect(shown(typed(state, view, "[Esc]").state, view)).toContain("the build is green")
  })
})

describe("what is new", () => {
  const news = () => {
    const scene = new Scene("words")
    scene.add("bo@beta", "said", { text: "old" }, { time: at("11:00") })
    const unreadEvents = [1, 2, 3].map((text) =>
      scene.add("bo@beta", "said", { text: `${text}` }, { time: at("11:01") })
    )
    return { scene, unread: clientView([roomView(scene, { unreadEvents })]), read: clientView([roomView(scene)]) }
  }

  it("has a line above it, which stays while the person reads, until something is said", () => {
    const { read, unread } = news()
    const start = screenOf(unread)
    expect(shown(start, unread)).toMatch(/old\n── 3 new ─+\n 11:01/)
    const looked = typed(start, unread, "x")
    expect(looked.wishes).toContainEqual({ _tag: "Mark", room: "words" })
    expect(shown(looked.state, read)).toMatch(/old\n── 3 new ─+\n 11:01/)
    expect(shown(typed(looked.state, read, "[Enter]").state, read)).not.toContain("new")
  })

  it("is read at once while the person types, and not when the end is not shown", () => {
    const { unread } = news()
    const start = screenOf(unread)
    expect(followed({ ...start, activeAt: now - 1000 }, around(unread)).wishes).toEqual([{
      _tag: "Mark",
      room: "words"
    }])
    expect(followed({ ...start, activeAt: now - 100_000 }, around(unread)).wishes).toEqual([])
    expect(typed(start, unread, "[F1]x").wishes.filter(({ _tag }) => _tag === "Mark")).toHaveLength(1)
  })

  it("is another room when the open one is gone", () => {
    const view = sketch()
    expect(followed({ ...screenOf(view), open: "gone" }, around(view)).state.open).toBe("hall")
  })

  it("is not typed for ever", () => {
    const view = sketch()
    const { state } = typed(screenOf(view), view, "half a")
    expect(followed(state, around(view, { now: now + 61_000 })).wishes).toEqual([
      { _tag: "Presence", room: "hall", state: "here" }
    ])
  })
})

describe("leaving", () => {
  it("is Ctrl-C; while posts are not sent, the second one", () => {
    const view = sketch()
    expect(typed(screenOf(view), view, "[Ctrl-C]").wishes).toEqual([{ _tag: "Leave" }])
    const post = { n: 1, state: "waiting", kind: "said", body: { text: "later" }, re: undefined, time: now } as const
    const waiting = clientView([roomView(new Scene("hall"), { unrecorded: [post] })])
    const asked = typed(screenOf(waiting), waiting, "[Ctrl-C]")
    expect(asked.wishes).toEqual([])
    expect(asked.state.message).toBe("1 message is not sent yet; the same key again leaves without sending")
    expect(typed(asked.state, waiting, "[Ctrl-C]").wishes).toEqual([{ _tag: "Leave" }])
    expect(typed(asked.state, waiting, "x[Backspace][Ctrl-C]").wishes.map(({ _tag }) => _tag)).not.toContain("Leave")
  })

  it("is not the only way out of a message that may not have arrived", () => {
    const post = { n: 7, state: "doubtful", kind: "said", body: { text: "later" }, re: undefined, time: now } as const
    const view = clientView([roomView(new Scene("hall"), { unrecorded: [post] })])
    const start = screenOf(view)
    expect(shown(start, view)).toMatch(/ ala +later +\?\n── a message may not have arrived/)
    expect(typed(start, view, "[Ctrl-R]").wishes).toEqual([{ _tag: "Again", room: "hall", n: 7 }])
    const back = typed(start, view, "[Ctrl-X]")
    expect(back.wishes).toContainEqual({ _tag: "TakeBack", room: "hall", n: 7 })
    expect(drafts(back.state)).toBe("later")
  })
})
