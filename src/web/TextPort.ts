/** The two sides of a client of rooms that speaks in whole texts, as a WebSocket does. */
import type { Address } from "../net/Address.ts"

/** What a server of rooms does to a client. */
export interface TextPort {
  readonly send: (text: string) => void
  /** For good; the reason is a sentence for the person, without a full stop. */
  readonly close: (reason: string) => void
}

/** What a client does to the server of rooms. */
export interface TextHandler {
  readonly onText: (text: string) => void
  /** The connection has ended. Nothing is sent any more. */
  readonly onEnd: () => void
}

/** Begins to serve a client. */
export type ServeTexts = (port: TextPort, from: Address) => TextHandler
