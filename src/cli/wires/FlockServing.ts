/** `serve` over the modern wire. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Crc } from "../../net/Crc.ts"
import type { Socket } from "../../net/Socket.ts"
import type { InboxEvent } from "../../transfer/Inbox.ts"
import type { ReceivingEvent, Started } from "../../transfer/Receiving.ts"
import { receiveAll } from "../../transfer/Receiving.ts"
import * as Endpoint from "../../transport/flock/FlockEndpoint.ts"
import { departureOf } from "./Departures.ts"
import type { Server } from "./Serving.ts"

export const server = (options: Endpoint.SessionOptions): Server<Socket | Crc> => ({
  wire: "flock",
  listen: (where) =>
    Effect.map(Endpoint.listen({ ...where, ...options }), (listener) => ({
      local: listener.local,
      receive: (inbox, tell) => Stream.map(receiveAll(listener, inbox, (event) => tell(eventOf(event))), eventOf),
      drain: listener.refuse
    }))
})

/** In the terms that both wires share. */
const eventOf = (event: ReceivingEvent): InboxEvent => {
  switch (event._tag) {
    case "Connected":
      return event
    case "Disconnected": {
      const reason = departureOf(event.why)
      return { _tag: "Disconnected", peer: event.peer, reason: reason === "unreachable" ? "lost" : reason, dropped: {} }
    }
    case "Received": {
      const { path, sha256, text } = event.message
      const cost = { damaged: 0, damagedNumbers: [], duplicates: 0, payloadSize: undefined }
      const { durationMillis, size } = event.message
      return {
        _tag: "Received",
        message: { ...started(event.message), ...cost, path, sha256, size, text, durationMillis }
      }
    }
    case "Started":
      return { _tag: "Started", message: started(event.message) }
    case "Refused":
      return { _tag: "Refused", message: started(event.message), error: event.error }
    case "Abandoned":
      return { _tag: "Abandoned", message: started(event.message), error: event.error }
  }
}

const started = ({ arrivedBytes, id, kind, name, peer, size }: Started) => ({
  id,
  peer,
  kind,
  name,
  size,
  arrivedBytes,
  fragments: undefined,
  fragmentSize: undefined,
  repeats: () => 0
})
