import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { echo } from "../../../src/apps/dialogues/Echo.ts"
import * as JoinQuestions from "../../../src/cli/join/JoinQuestions.ts"
import { back, person } from "../interactive/DialogMemory.ts"

describe("the questions of join", () => {
  it.effect("have the usual server as defaults", () =>
    Effect.gen(function*() {
      const { layer, types } = person()
      yield* types("", "")
      expect(yield* Effect.provide(JoinQuestions.server(echo), layer)).toMatchObject({
        _tag: "Raw",
        server: { transport: "tcp", host: "127.0.0.1", port: 9090 }
      })
    }))

  it.effect("are asked again until host and port are right", () =>
    Effect.gen(function*() {
      const { layer, types } = person()
      yield* types("a b", "4040", "[::1]", "port", "70000", "0", " 4050 ")
      expect(yield* Effect.provide(JoinQuestions.server(undefined), layer)).toEqual({
        _tag: "Room",
        to: { host: "::1", port: 4050 },
        room: undefined
      })
    }))

  it.effect("are left by Ctrl-D", () =>
    Effect.gen(function*() {
      const { layer, types } = person()
      yield* types(back)
      expect(yield* Effect.provide(JoinQuestions.server(undefined), layer)).toBeUndefined()
    }))
})
