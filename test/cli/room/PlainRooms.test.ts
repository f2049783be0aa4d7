import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { expect, it } from "vitest"
import { open } from "../../../src/cli/room/PlainRooms.ts"
import { modelClient } from "./modelClient.ts"

it("a script posts its lines, sees what others say, and leaves when all is recorded", async () => {
  const model = modelClient()
  model.say("before")
  const shown: Array<string> = []
  const program = Effect.gen(function*() {
    const rooms = yield* open(model, {
      show: (text) => Effect.sync(() => void shown.push(text)),
      ask: () => Effect.void,
      lines: Stream.tap(
        Stream.make("hello", "/fo", "/me waves"),
        (line) => line === "/fo" ? Effect.sync(() => model.say("live")) : Effect.void
      ),
      isPerson: false
    }, "hall")
    model.onTurn = rooms.onTurn
    model.act(() => undefined)
    yield* rooms.left
  })
  await Effect.runPromise(Effect.scoped(program))
  expect(model.server.log.all.map(({ body }) => body?.["text"])).toEqual(["before", "hello", "live", "waves"])
  expect(shown.map((text) => text.replace(/^\d\d:\d\d /, ""))).toEqual([
    "bo@beta: before",
    "bo@beta: live",
    "* there is no command /fo; /help lists the commands"
  ])
})
