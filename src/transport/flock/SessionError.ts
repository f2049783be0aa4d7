/** Why a session, or a stream of one, came to its end before its time. */
import * as Data from "effect/Data"

export type SessionReason =
  /** Nobody listens there: the network said so. */
  | "Unreachable"
  /** Nobody answered. */
  | "Silent"
  /** The server speaks other versions. */
  | "OtherVersion"
  /** The peer has said nothing for the idle time. */
  | "Lost"
  /** This side closed the session, or gave the stream up. */
  | "Left"
  /** The peer closed the session; `code` tells why. */
  | "Closed"
  /** The server takes no more sessions. */
  | "ServerFull"
  /** The peer, or we, broke the rules of the protocol. */
  | "Protocol"
  /** The peer gave up what it was sending on this stream, or wants no more of what we send; `code` is its reason. */
  | "Reset"
  | "Stopped"

export class SessionError extends Data.TaggedError("SessionError")<{
  readonly reason: SessionReason
  /** `host:port`. */
  readonly peer: string
  /** What happened, as a sentence without a full stop. */
  readonly message: string
  /** That the peer gave. */
  readonly code?: number | undefined
}> {}
