/** The one error of every transport: why a session, a message or a stream ended early, or could not begin. */
import * as Schema from "effect/Schema"
import type { SocketError } from "../net/Socket.ts"

/** Reasons of opening: this host's addresses and sockets. */
const openingReasons = [
  "HostNotFound",
  "AddressInUse",
  "AddressNotAvailable",
  "Denied",
  "TooManyOpen",
  "Io"
] as const

export const SessionReason = Schema.Literal(
  ...openingReasons,
  /** Nothing listens there, or no route leads there: the network has reported it. */
  "Unreachable",
  /** The peer has never answered. */
  "Silent",
  /** The peer speaks other versions of the protocol. */
  "OtherVersion",
  /** The server accepts no more sessions. */
  "ServerFull",
  /** The peer has sent nothing for the idle time. */
  "Lost",
  /** This side closed the session, or abandoned the stream. */
  "Left",
  /** The peer closed the session; `code` tells why, where the wire has codes. */
  "Closed",
  /** The peer, or this side, violated the protocol. */
  "Protocol",
  /** The receiver did not accept the message. `detail` is its reason, where the wire carries reasons. */
  "Declined",
  /** This wire cannot do what was asked, and nothing was sent. `detail` says what. */
  "Unsupported",
  /** The path does not carry datagrams of this size. */
  "TooLarge",
  /** The peer gave up what it was sending on this stream; `code` is its reason. */
  "Reset",
  /** The peer does not want the rest of this stream; `code` is its reason. */
  "Stopped"
)
export type SessionReason = typeof SessionReason.Type

export class SessionError extends Schema.TaggedError<SessionError>()("SessionError", {
  reason: SessionReason,
  /** `host:port` of the peer; of an address of this host where a listener could not be opened. */
  peer: Schema.String,
  /** What happened, as a sentence without a full stop. */
  message: Schema.String,
  /** A word for programs: the receiver's reason of `Declined`, the limit of `Unsupported`. */
  detail: Schema.optional(Schema.String),
  /** The code that the peer gave. */
  code: Schema.optional(Schema.Number)
}) {}

/** The error of a socket that could not be opened, or that the network has refused. */
export const ofSocket = ({ address, message, reason }: SocketError): SessionError =>
  new SessionError({ reason: reason === "Refused" ? "Unreachable" : reason, peer: address, message })

/** Whether another attempt to connect may succeed without a change on this side. */
export const isTransient = ({ reason }: SessionError): boolean =>
  reason === "Unreachable" || reason === "Silent" || reason === "ServerFull" || reason === "HostNotFound" ||
  reason === "Lost" || reason === "Closed"
