import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { PassThrough } from "node:stream"
import { expect, it } from "vitest"
import { plain } from "../../../src/cli/report/Colours.ts"
import type { Output } from "../../../src/cli/report/Output.ts"
import type { ScreenDevice } from "../../../src/cli/room/FullScreen.ts"
import * as RoomsFace from "../../../src/cli/room/RoomsFace.ts"
import { modelClient } from "./modelClient.ts"

const output: Output = {
  write: () => {},
  drained: Effect.void,
  backlogBytes: () => 0,
  isTerminal: true,
  isAnimated: true,
  columns: () => 80
}

const deviceOf = (width: number) => {
  const input = new PassThrough() as unknown as NodeJS.ReadStream
  Object.assign(input, { isTTY: true, setRawMode: () => input })
  const written: Array<string> = []
  const device: ScreenDevice = {
    input,
    write: (text) => void written.push(text),
    backlogBytes: () => 0,
    size: () => ({ width, height: 24 }),
    onResize: () => () => {},
    signal: () => {}
  }
  return { device, input, written }
}

const run = (width: number, ended: Effect.Effect<never, string> = Effect.never) => {
  const model = modelClient()
  const { device, input, written } = deviceOf(width)
  const shown: Array<string> = []
  const redirected: Array<boolean> = []
  const program = RoomsFace.run(
    (onTurn) =>
      Effect.sync(() => {
        model.onTurn = onTurn
        model.say("hello")
        input.push("\u0003")
        return { running: model, ended }
      }),
    {
      room: "hall",
      device,
      paint: plain,
      outputs: { stdout: output, terminal: output, redirect: (to) => void redirected.push(to !== undefined) },
      lines: Effect.succeed({
        show: (text) => Effect.sync(() => void shown.push(text)),
        ask: () => Effect.void,
        lines: Stream.make("yes"),
        isPerson: true
      })
    }
  )
  return { model, program, redirected, shown, written }
}

it("a terminal that is large enough is filled until the person leaves, and restored", async () => {
  const { program, redirected, shown, written } = run(80)
  await Effect.runPromise(program)
  expect([written[0]?.startsWith("\u001b[?1049h"), written.at(-1)?.endsWith("\u001b[?1049l")]).toEqual([true, true])
  expect([redirected, shown]).toEqual([[true, false], []])
})

it("a smaller one has lines", async () => {
  const { model, program, shown, written } = run(30)
  await Effect.runPromise(program)
  expect([written, shown.map((text) => text.slice(6))]).toEqual([[], ["bo@beta: hello"]])
  expect(model.server.log.all.at(-1)?.body).toEqual({ text: "yes" })
})

it("a server that refuses the person ends it, with the terminal restored", async () => {
  const { program, written } = run(80, Effect.fail("refused"))
  expect(await Effect.runPromise(Effect.flip(program))).toBe("refused")
  expect(written.at(-1)).toContain("\u001b[?1049l")
})
