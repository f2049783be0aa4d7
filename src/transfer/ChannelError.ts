/** The error of a call of a Channel: why it failed, and whether its message may have reached the handler. */
import * as Schema from "effect/Schema"
import { isTransient, SessionError } from "../transport/SessionError.ts"
import { answerDetail, refusalCode } from "./Service.ts"

export const ChannelReason = Schema.Literal(
  /** No session could be opened. */
  "Unreachable",
  /** One side does not trust the key of the other, and nothing was delivered; the cause has the key. The call is not repeated. */
  "Untrusted",
  /** The session ended, or the peer abandoned the message, before the answer. */
  "Lost",
  /** The peer refused the message; the `detail` of the cause is its reason. */
  "Refused",
  /** The message or the answer does not match the Schemas: the two sides declare the channel differently. */
  "Malformed",
  /** The wire, or the peer, does not support the call; or the message is too long. */
  "Unsupported"
)
export type ChannelReason = typeof ChannelReason.Type

export class ChannelError extends Schema.TaggedError<ChannelError>()("ChannelError", {
  reason: ChannelReason,
  /** The kind of the message: `channel/name`. */
  kind: Schema.String,
  /** Whether the handler has received the message. After `Unknown`, a repetition may run the handler twice. */
  delivered: Schema.Literal("No", "Unknown", "Yes"),
  /** What happened, as a sentence without a full stop. */
  message: Schema.String,
  cause: SessionError
}) {}

/** The place at which a call failed. */
export type Phase =
  /** No session was open. */
  | "connecting"
  /** There was a session, and nothing of the message was handed to it. */
  | "waiting"
  /** The message was on its way. */
  | "sent"

/** The error of a call that failed in this phase. */
export const ofSession = (kind: string, phase: Phase, cause: SessionError): ChannelError => {
  const { delivered, reason } = classified(phase, cause)
  return new ChannelError({
    reason,
    kind,
    delivered,
    message: `"${kind}" ${words[delivered]}: ${cause.message}`,
    cause
  })
}

const words: Readonly<Record<ChannelError["delivered"], string>> = {
  No: "was not delivered",
  Unknown: "may have been delivered",
  Yes: "was delivered, but has no receipt"
}

/** Ends of a session before the application of the server has had it. */
const untrusted: ReadonlySet<SessionError["reason"]> = new Set(["UnknownKey", "ChangedKey", "NotAllowed"])

/** Codes of refusals before a handler has run: by the service, and by the Router. */
const unhandled: ReadonlyArray<string | undefined> = [refusalCode.malformed, refusalCode.unsupported, "Leaving"]

const classified = (phase: Phase, { detail, reason }: SessionError): Pick<ChannelError, "reason" | "delivered"> => {
  if (reason === "Unsupported") {
    return { reason: detail === refusalCode.malformed ? "Malformed" : "Unsupported", delivered: "No" }
  }
  if (untrusted.has(reason)) return { reason: "Untrusted", delivered: "No" }
  if (phase === "connecting") return { reason: "Unreachable", delivered: "No" }
  if (reason === "Protocol" && detail === answerDetail) return { reason: "Malformed", delivered: "Yes" }
  if (reason !== "Declined") return { reason: "Lost", delivered: phase === "waiting" ? "No" : "Unknown" }
  const delivered = unhandled.includes(detail) ? "No" : "Yes"
  if (detail === refusalCode.malformed) return { reason: "Malformed", delivered }
  return { reason: detail === refusalCode.unsupported ? "Unsupported" : "Refused", delivered }
}

/** The peer has ended the stream of the message without an answer: it may have been stopped. */
const endings: ReadonlySet<SessionError["reason"]> = new Set(["Reset", "Abandoned"])

/**
 * Whether the same call may succeed later, and may be made again: its message was not delivered, or the service is
 * idempotent.
 */
export const isRepeatable = ({ cause, delivered, reason }: ChannelError, isIdempotent: boolean): boolean => {
  const isPassing = reason === "Refused" ? cause.detail === "Leaving" : isTransient(cause) || endings.has(cause.reason)
  return isPassing && (delivered === "No" || (isIdempotent && delivered === "Unknown"))
}
