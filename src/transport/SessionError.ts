/** The error of all transports: a session, a message or a stream could not be opened, or ended early. */
import * as Schema from "effect/Schema"
import type { SocketError } from "../net/Socket.ts"

/** Reasons for a socket of this host that could not be opened; `net/Socket` describes them. */
const openingReasons = [
  "HostNotFound",
  "NotUnicast",
  "InvalidZone",
  "AddressInUse",
  "AddressNotAvailable",
  "Denied",
  "TooManyOpen",
  "Io"
] as const

export const SessionReason = Schema.Literal(
  ...openingReasons,
  /** The network reported that nothing listens at the address, or that there is no route to it. */
  "Unreachable",
  /** The peer has never answered. */
  "Silent",
  /** The peer supports other versions of the protocol, or offers another protection, only. */
  "OtherVersion",
  /** The server's key is not known; `key` is it. It got no byte of the application. */
  "UnknownKey",
  /** The server has another key than the expected one; `key` is it. It got no byte of the application. */
  "ChangedKey",
  /** A file of keys cannot be used. */
  "Keys",
  /** The server accepts no more sessions. */
  "ServerFull",
  /** The peer has sent nothing for the idle timeout. */
  "Lost",
  /** The peer was started again, and has forgotten the session. */
  "PeerRestarted",
  /** The peer does not accept the key of this side, or this side that of the peer. */
  "NotAllowed",
  /** The sender did not go on with its message, although the session is open. */
  "Stalled",
  /** This side closed the session, or abandoned the stream. */
  "Left",
  /** The peer closed the session; `code` is its error code, on a wire with codes. */
  "Closed",
  /** The peer, or this side, violated the protocol. */
  "Protocol",
  /** A defect of the program, at the peer or on this side. */
  "Defect",
  /** The receiver refused the message; `detail` is its reason, on a wire that carries reasons. */
  "Declined",
  /** The receiver gave up the message without an answer: it was stopped, or it failed. */
  "Abandoned",
  /** This wire does not support the request, and nothing was sent; `detail` is the limit. */
  "Unsupported",
  /** The body of a message to send differs from its announced size, or its SHA-256 is none. The message was given up. */
  "Body",
  /** The path does not carry datagrams of this size. */
  "TooLarge",
  /** The peer abandoned its sending side of this stream (RESET_STREAM); `code` is its reason. */
  "Reset",
  /** The peer no longer reads this stream (STOP_SENDING); `code` is its reason. */
  "Stopped"
)
export type SessionReason = typeof SessionReason.Type

export class SessionError extends Schema.TaggedError<SessionError>()("SessionError", {
  reason: SessionReason,
  /** `host:port` of the peer; of the local address if a listener could not be opened. */
  peer: Schema.String,
  /** What happened, as a sentence without a full stop. */
  message: Schema.String,
  /** A code for programs: the receiver's reason of `Declined`, the limit of `Unsupported`. */
  detail: Schema.optional(Schema.String),
  /** The metadata of a refusal, from the receiver of a message. Of `OtherVersion` with the detail `Protection`: the offered names. */
  metadata: Schema.optional(Schema.Unknown),
  /** The error code of the peer. */
  code: Schema.optional(Schema.Number),
  /** The public key (X25519, 32 bytes) that the reason is about. */
  key: Schema.optional(Schema.Uint8ArrayFromSelf),
  /** Payload bytes of a fragment that the path may carry, where fragments of the size used did not arrive. */
  fragmentSize: Schema.optional(Schema.Number),
  /** The error behind this one, of the system or of the program. */
  cause: Schema.optional(Schema.Defect)
}) {}

/** The SessionError for a socket that could not be opened, or whose datagrams the network has refused. */
export const ofSocket = (cause: SocketError): SessionError => {
  const { address, message, reason } = cause
  return new SessionError({ reason: reason === "Refused" ? "Unreachable" : reason, peer: address, message, cause })
}

/** Whether another attempt to connect may succeed without a change on this side. */
export const isTransient = ({ reason }: SessionError): boolean =>
  reason === "Unreachable" || reason === "Silent" || reason === "ServerFull" || reason === "HostNotFound" ||
  reason === "Lost" || reason === "PeerRestarted" || reason === "Closed"
