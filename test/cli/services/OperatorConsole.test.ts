import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { echo } from "../../../src/apps/dialogues/Echo.ts"
import * as OperatorConsole from "../../../src/cli/services/OperatorConsole.ts"
import { Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"
import { back, person } from "../interactive/DialogMemory.ts"

it.effect("the console answers each line, survives Ctrl-D, and ends with stop", () =>
  Effect.gen(function*() {
    const { layer, sees, types } = person()
    const { room } = new Rehearsal(echo, { crypto: nodeCrypto })
    const history = { events: () => [], clear: () => undefined }
    const console = yield* Effect.fork(Effect.provide(OperatorConsole.run({ rooms: [room], history }), layer))
    yield* types("who", "", "wat", back)
    const shown = yield* sees
    expect(shown).toContain("> who\nno client is connected\n")
    expect(shown).toMatch(/there is no command "wat"/)
    expect(shown).toContain("to stop the server, write stop")
    expect(yield* Fiber.poll(console)).toMatchObject({ _tag: "None" })
    yield* types("stop")
    yield* Fiber.join(console)
  }))
