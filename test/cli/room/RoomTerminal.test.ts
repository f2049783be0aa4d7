import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { PassThrough } from "node:stream"
import { stripVTControlCharacters } from "node:util"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { plain } from "../../../src/cli/report/Colours.ts"
import { RoomTerminal } from "../../../src/cli/room/RoomTerminal.ts"
import { modelClient } from "./modelClient.ts"

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** What moves the cursor to a row, and to a column. */
const place = new RegExp(`${"\u001b"}\\[\\d+;1H`, "g")
const column = new RegExp(`${"\u001b"}\\[\\d+G`, "g")

const opened = () => {
  const model = modelClient()
  model.say("before")
  const input = new PassThrough() as unknown as NodeJS.ReadStream
  Object.assign(input, { isRaw: false, setRawMode: () => input })
  const left = Effect.runSync(Deferred.make<void>())
  let written = ""
  const signals: Array<string> = []
  const terminal = new RoomTerminal(model, left, {
    device: {
      input,
      write: (text) => {
        written += text
      },
      backlogBytes: () => 0,
      size: () => ({ width: 60, height: 16 }),
      onResize: () => () => {},
      signal: (signal) => void signals.push(signal)
    },
    paint: plain,
    room: "hall"
  })
  model.onTurn = (events) => terminal.onTurn(events)
  model.act(() => undefined)
  /** What is drawn since the last call. */
  const drawn = (): string => {
    vi.advanceTimersByTime(100)
    const text = stripVTControlCharacters(written.replaceAll(place, "\n").replaceAll(column, " … "))
    written = ""
    return text
  }
  const type = async (text: string): Promise<void> => {
    const read = new Promise((resolve) => input.once("data", resolve))
    input.push(text)
    await read
    vi.advanceTimersByTime(1000)
  }
  return { drawn, isLeft: () => Effect.runSync(Deferred.isDone(left)), model, signals, terminal, type }
}

it("shows the room, posts what is typed, and draws what has changed", async () => {
  const { drawn, isLeft, model, terminal, type } = opened()
  expect(drawn()).toContain("bo@beta  before")
  await type("hello")
  await type("\r")
  const after = drawn()
  expect(after).toMatch(/~ala +hello … ✓ /)
  expect(model.server.log.all.at(-1)?.body).toEqual({ text: "hello" })
  model.say("again")
  const live = drawn()
  expect(live).toContain("bo@beta  again")
  expect(live).not.toContain("hall@alpha")
  await type("/fo")
  await type("\r")
  expect(drawn()).toContain("there is no command /fo")
  terminal.note("listening\n\nthe server is known\n")
  expect(drawn()).toContain(" the server is known")
  await type("\u0015/file x")
  await type("\r")
  expect(drawn()).toContain("this version sends and fetches no files in rooms")
  expect(isLeft()).toBe(false)
  await type("\u0003")
  expect(isLeft()).toBe(true)
  terminal.close()
})

it("tells why earlier messages do not come, and is suspended by Ctrl-Z", async () => {
  const { drawn, signals, terminal, type } = opened()
  drawn()
  await type("\u001a")
  expect(signals).toEqual(["SIGTSTP"])
  terminal.close()
})
