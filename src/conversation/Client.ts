/** A connection of a plain program or of a session, as its listener offers it to a room, and its place there. */
import type { Departure, Member } from "../apps/App.ts"
import type { Address } from "../net/Address.ts"
import type { Codec } from "../protocol/framing/Framing.ts"
import type { ServiceTransport } from "../telemetry/ServiceEvents.ts"

/** A message to clients: to many, it is one object, so that a listener can keep what it has encoded. */
export interface Outgoing {
  readonly bytes: Uint8Array
  /** Undefined for a message that the app gave as bytes. */
  readonly text: string | undefined
  /** The message by the `encoding` of codecs. */
  readonly encoded: Map<string, Uint8Array | undefined>
}

/** A connection as its listener offers it to a room. No function waits or throws; both may be called within `Room.join`. */
export interface Client {
  readonly address: Address
  readonly transport: ServiceTransport
  /** The server that this side has connected to, as it was named; undefined for a client that has connected. */
  readonly dialed?: Address | undefined
  /** Sends a message, or queues it. A listener whose queue is full ends the connection as `slow`. */
  readonly send: (message: Outgoing) => void
  /** Ends the connection after everything that was sent. */
  readonly close: (reason: Departure) => void
}

/** The connection below a client, as a transport offers it to a listener. No function waits or throws. */
export interface ClientConnection {
  /** Takes bytes. False: they wait, and `onDrain` of the client follows when there is room again. No effect after the end. */
  readonly write: (bytes: Uint8Array) => boolean
  /** Stops and continues reading. */
  readonly pause: () => void
  readonly resume: () => void
  /** Ends both directions after everything that was written. */
  readonly end: () => void
}

/** A client's place in a room. */
export interface Attendance {
  readonly member: Member
  /** Passes a message of the client on. No effect after the end. */
  readonly say: (bytes: Uint8Array) => void
  /** The connection is over. No effect after the end. */
  readonly leave: (reason: Departure, message?: string) => void
}

/** A message of an app, for its clients. */
export const outgoing = (message: string | Uint8Array): Outgoing =>
  typeof message === "string"
    ? { bytes: encoder.encode(message), text: message, encoded: new Map() }
    : { bytes: message, text: undefined, encoded: new Map() }

/** The bytes of a message in the framing of a client; undefined if it cannot carry them. */
export const encodedFor = (codec: Codec, { bytes, encoded }: Outgoing): Uint8Array | undefined => {
  const { encoding } = codec
  const known = encoded.get(encoding)
  if (known !== undefined || encoded.has(encoding)) return known
  const fresh = codec.encode({ bytes })
  encoded.set(encoding, fresh)
  return fresh
}

const encoder = new TextEncoder()
