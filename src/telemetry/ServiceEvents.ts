/** The events of rooms and their listeners, on the EventBus. */
import type { Address } from "../net/Address.ts"

/** The way on which a client talks to a room. */
export type ServiceTransport = "tcp" | "udp" | "multicast" | "session" | "web"

interface OfClient {
  /** The name of the room: `echo`, `words/kyiv`. */
  readonly app: string
  readonly transport: ServiceTransport
  readonly peer: Address
}

export interface ServiceConnected extends OfClient {
  readonly _tag: "ServiceConnected"
}

/** A message was received from a client. */
export interface ServiceReceived extends OfClient {
  readonly _tag: "ServiceReceived"
  readonly bytes: number
  /** The message, if it is text. */
  readonly text: string | undefined
}

/** A message was sent to a client. */
export interface ServiceSent extends OfClient {
  readonly _tag: "ServiceSent"
  readonly bytes: number
}

export interface ServiceDisconnected extends OfClient {
  readonly _tag: "ServiceDisconnected"
  readonly reason: "ended" | "reset" | "silent" | "kicked" | "slow" | "failed" | "stopping" | "refused"
  /** What happened, as a sentence without a full stop, where the reason needs one. */
  readonly message: string | undefined
  /** Payload bytes of this connection. */
  readonly receivedBytes: number
  readonly sentBytes: number
}

/** An app has a line for the operator. */
export interface ServiceLogged {
  readonly _tag: "ServiceLogged"
  readonly app: string
  readonly text: string
}

/** An app has thrown: a defect. The client whose input it was is disconnected, the state of the room is as before. */
export interface ServiceDefect {
  readonly _tag: "ServiceDefect"
  readonly app: string
  /** What was thrown. */
  readonly cause: unknown
}

export type ServiceEvent =
  | ServiceConnected
  | ServiceReceived
  | ServiceSent
  | ServiceDisconnected
  | ServiceLogged
  | ServiceDefect
