import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Socket } from "../../src/net/Socket.ts"
import * as NodeSocket from "../../src/node/net/NodeSocket.ts"
import * as OverwrittenRuns from "../../src/testing/OverwrittenRuns.ts"
import { recorder, sendRun } from "../suites/socket.ts"

it.scoped("a run is overwritten when its handler has returned, and not before", () =>
  Effect.gen(function*() {
    const socket = yield* Socket
    const { handler, runs, until } = recorder()
    const kept: Array<Uint8Array> = []
    const { local } = yield* socket.bind({ host: "127.0.0.1", port: 0 }, {
      ...handler,
      onRun: (run) => {
        kept.push(run.bytes)
        handler.onRun(run)
      }
    })
    sendRun(yield* socket.connect(local, recorder().handler), local, [3], 7)
    yield* until(() => runs.length > 0)
    expect([runs[0]?.bytes, kept[0]]).toEqual([Uint8Array.of(7, 7, 7), Uint8Array.of(0xaa, 0xaa, 0xaa)])
  }).pipe(Effect.provide(Layer.provide(OverwrittenRuns.layer, NodeSocket.layer))))
