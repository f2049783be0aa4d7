/**
 * The ends of sessions, messages and streams: one table from what happened to the reason and the words of its
 * {@link SessionError}, for both wires and both roles. `cli/errors/SessionOutcomes` has the exit code of each reason.
 */
import { SessionError, type SessionReason } from "./SessionError.ts"

/** What is known of an end, where it applies. */
export interface Facts {
  /** The time without an answer, in milliseconds. */
  readonly silentMillis?: number | undefined
  /** The error code, on a wire with codes. */
  readonly code?: number | undefined
  /** The name of the code, if the protocol defines it. */
  readonly name?: string | undefined
  /** The error behind the end. */
  readonly cause?: unknown
  /** The peer's text for people: unsafe to show unchecked. */
  readonly text?: string | undefined
  /** The public key of this side; undefined without keys. */
  readonly ownKey?: Uint8Array | undefined
  /** Bytes of the datagrams that do not arrive, and a fragment size that may, on a wire with fragments. */
  readonly datagramBytes?: number | undefined
  readonly fragmentSize?: number | undefined
}

interface Row {
  readonly reason: SessionReason
  readonly words: (peer: string, facts: Facts) => string
}

const seconds = (millis: number): string => `${millis / 1000} s`
const because = ({ text = "" }: Facts): string => text === "" ? "" : `: ${text}`
const sized = ({ datagramBytes }: Facts): string =>
  datagramBytes === undefined ? "of the needed size" : `of ${datagramBytes} bytes`
const named = ({ name }: Facts): string => name === undefined ? "" : ` (${name})`

const rows = {
  /** The peer has never answered. */
  Silent: {
    reason: "Silent",
    words: (peer, { silentMillis }) =>
      silentMillis === undefined
        ? `${peer} does not answer`
        : `${peer} has not answered within ${seconds(silentMillis)}`
  },
  /** The peer had answered, and the idle timeout expired. */
  Lost: {
    reason: "Lost",
    words: (peer, { silentMillis }) =>
      `${peer} stopped answering${silentMillis === undefined ? "" : ` ${seconds(silentMillis)} ago`}`
  },
  /** The connection below the session ended, and the peer has not closed it. */
  Broken: {
    reason: "Lost",
    words: (peer, facts) => `the connection to ${peer} broke before it was closed${because(facts)}`
  },
  /** The peer has proved that it does not know the session. */
  PeerRestarted: {
    reason: "PeerRestarted",
    words: (peer) => `${peer} restarted and has forgotten the session`
  },
  /** The sender of a message did not go on with it. */
  Stalled: {
    reason: "Stalled",
    words: (peer, { silentMillis = 0 }) => `${peer} has not gone on with its message for ${seconds(silentMillis)}`
  },
  /** The peer was lost, and had answered small frames only: the path may drop large ones without a report. */
  LargeLost: {
    reason: "Lost",
    words: (peer, facts) => `${peer} has answered small frames, but none ${sized(facts)}: the path may not carry them`
  },
  /** The network refuses datagrams of the size that the wire or the message needs. */
  PathTooSmall: {
    reason: "TooLarge",
    words: (peer, facts) => `the path to ${peer} carries no datagrams ${sized(facts)}`
  },
  Closed: { reason: "Closed", words: (peer, facts) => `${peer} ended the connection${because(facts)}` },
  Left: { reason: "Left", words: (peer) => `the connection to ${peer} was closed by this side` },
  /** The peer has turned away this side. */
  ServerFull: {
    reason: "ServerFull",
    words: (peer) => `${peer} accepts no connections now: it has too many, or it is stopping`
  },
  /** This side has turned away the peer. */
  TurnedAway: {
    reason: "ServerFull",
    words: (peer) => `${peer} was turned away: this side accepts no connections now`
  },
  /** The peer has closed because it does not accept the key of this side. */
  NotAllowed: {
    reason: "NotAllowed",
    words: (peer, { ownKey }) =>
      ownKey === undefined
        ? `${peer} accepts clients with a known key only, and this side has shown none`
        : `${peer} does not accept the key of this side: its operator has to allow it`
  },
  /** This side has closed because of the peer's key. */
  Disallowed: {
    reason: "NotAllowed",
    words: (peer) => `${peer} was turned away: its key is not among those that this side allows`
  },
  /** The peer refused a message of this side, on a wire without reasons. */
  Refused: { reason: "Declined", words: (peer) => `${peer} refused the message` },
  /** This side refused a message of the peer, which ends the session on a wire without reasons. */
  Refusing: { reason: "Declined", words: (peer) => `a message of ${peer} was refused` },
  /** The peer refused an earlier message, which has ended the session. */
  RefusedBefore: { reason: "Closed", words: (peer) => `${peer} refused an earlier message` },
  OwnDefect: {
    reason: "Defect",
    words: (peer) => `a defect of this program ended the connection to ${peer}`
  },
  PeerDefect: {
    reason: "Defect",
    words: (peer, facts) => `a defect of the program at ${peer} ended the connection${because(facts)}`
  },
  /** This side has closed because of the peer. */
  PeerViolation: { reason: "Protocol", words: (peer, facts) => `${peer} violated the protocol${named(facts)}` },
  /** The peer has closed because of this side. */
  OwnViolation: {
    reason: "Protocol",
    words: (peer, facts) =>
      `${peer} ended the connection because it found a violation of the protocol${named(facts)}${because(facts)}`
  },
  /** The receiver of a message gave it up without a receipt. */
  Unanswered: {
    reason: "Abandoned",
    words: (peer) => `${peer} gave up the message before it was complete: it was stopped, or it failed`
  },
  /** The sender of a message began another one before its end. */
  Replaced: { reason: "Reset", words: (peer) => `${peer} replaced it with another message` },
  Reset: { reason: "Reset", words: (peer) => `${peer} stopped sending before the end` },
  Stopped: { reason: "Stopped", words: (peer) => `${peer} does not accept the rest of the data` },
  StreamLeft: { reason: "Left", words: (peer) => `the stream with ${peer} was abandoned by this side` }
} as const satisfies Readonly<Record<string, Row>>

export type End = keyof typeof rows

/** All ends, in the order of the table. */
export const ends = Object.keys(rows) as ReadonlyArray<End>

/** The error of an end; `peer` is its `host:port`. */
export const of = (end: End, peer: string, facts: Facts = {}): SessionError => {
  const { reason, words }: Row = rows[end]
  const { cause, code, fragmentSize, ownKey } = facts
  const key = end === "NotAllowed" ? ownKey : undefined
  return new SessionError({ reason, peer, code, fragmentSize, key, cause, message: words(peer, facts) })
}
