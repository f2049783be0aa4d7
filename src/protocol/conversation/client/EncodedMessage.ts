/** A message of a server as it is sent. Those of a room are encoded once, and shared among its readers. */
import { prefix } from "../../framing/LengthFraming.ts"
import { utf8 } from "../CanonicalJson.ts"
import type { Event } from "../Event.ts"
import * as Limits from "./ClientLimits.ts"
import type { ServerMessage } from "./ServerMessage.ts"

export interface EncodedMessage {
  /** Its JSON: the text of a WebSocket. */
  readonly text: string
  /** The same in UTF-8, behind its length of 32 bits, for a stream. */
  readonly framed: Uint8Array
}

/** The message of a room's event, and which one it is. */
export interface EncodedEvent {
  readonly origin: string
  readonly seq: number
  readonly message: EncodedMessage
}

export const encoded = (message: ServerMessage): EncodedMessage => {
  const text = JSON.stringify(message)
  const framed = codec.encode({ bytes: utf8(text) })
  if (framed === undefined) throw new Error(`a message of ${text.length} characters has no length of 32 bits`)
  return { text, framed }
}

export const encodedEvent = (event: Event): EncodedEvent => ({
  origin: event.origin,
  seq: event.seq,
  message: encoded({ t: "event", event })
})

const codec = prefix("u32").open(Limits.messageBytes)
