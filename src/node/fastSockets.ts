/** Sockets for the modern wire: with the kernel's offload where it can be had, unless HOLUB_NO_OFFLOAD is 1. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { BatchSocket } from "../net/BatchSocket.ts"
import * as OffloadSocket from "./net/OffloadSocket.ts"

const forbidden = "HOLUB_NO_OFFLOAD is 1"

export const layer: Layer.Layer<BatchSocket> = Layer.effect(
  BatchSocket,
  Effect.promise(() =>
    process.env["HOLUB_NO_OFFLOAD"] === "1"
      ? OffloadSocket.make(() => Promise.resolve(forbidden))
      : OffloadSocket.make()
  )
)
