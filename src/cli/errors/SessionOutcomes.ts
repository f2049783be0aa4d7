/**
 * What the program makes of the end of a session or a message, by its reason: one table for both wires and both roles.
 * docs/CLI.md has the same table; `transport/SessionEnd` has the words.
 */
import type * as Events from "../../telemetry/Events.ts"
import type { SessionError, SessionReason } from "../../transport/SessionError.ts"
import { ExitCode } from "./ExitCodes.ts"

/** The `reason` of a `disconnected` event. */
export type Disconnection = typeof Events.Disconnected.Type["reason"]

export interface SessionOutcome {
  /** The exit code of a sender whose message ended so. */
  readonly exitCode: ExitCode
  /** The `disconnected` event of a client, and of a server. */
  readonly client: Disconnection
  readonly server: Disconnection
}

const row = (exitCode: ExitCode, client: Disconnection, server: Disconnection = client): SessionOutcome => ({
  exitCode,
  client,
  server
})

export const outcomes: Readonly<Record<SessionReason, SessionOutcome>> = {
  HostNotFound: row(ExitCode.unreachable, "unreachable"),
  NotUnicast: row(ExitCode.usage, "unreachable"),
  InvalidZone: row(ExitCode.usage, "unreachable"),
  AddressInUse: row(ExitCode.unreachable, "unreachable"),
  AddressNotAvailable: row(ExitCode.unreachable, "unreachable"),
  Denied: row(ExitCode.unreachable, "unreachable"),
  TooManyOpen: row(ExitCode.localIo, "unreachable"),
  Io: row(ExitCode.unreachable, "unreachable"),
  Unreachable: row(ExitCode.unreachable, "unreachable"),
  Silent: row(ExitCode.unreachable, "unreachable"),
  OtherVersion: row(ExitCode.unreachable, "unreachable"),
  UnknownKey: row(ExitCode.notAuthenticated, "refused"),
  ChangedKey: row(ExitCode.notAuthenticated, "refused"),
  Keys: row(ExitCode.localIo, "unreachable"),
  ServerFull: row(ExitCode.unreachable, "refused"),
  Lost: row(ExitCode.lost, "lost"),
  PeerRestarted: row(ExitCode.lost, "lost"),
  NotAllowed: row(ExitCode.notAuthenticated, "refused"),
  Stalled: row(ExitCode.lost, "lost"),
  Left: row(ExitCode.lost, "left"),
  Closed: row(ExitCode.lost, "ended"),
  Reset: row(ExitCode.lost, "ended"),
  Stopped: row(ExitCode.lost, "ended"),
  Abandoned: row(ExitCode.lost, "ended"),
  Protocol: row(ExitCode.unclassified, "failed"),
  Defect: row(ExitCode.unclassified, "failed"),
  Declined: row(ExitCode.declined, "declined", "refused"),
  Unsupported: row(ExitCode.usage, "left"),
  Body: row(ExitCode.localIo, "left"),
  TooLarge: row(ExitCode.unreachable, "tooLarge")
}

/** The exit codes of refusals whose reason the wire carries, where they are not that of `Declined`. */
const refusals: ReadonlyMap<string | undefined, ExitCode> = new Map([
  ["TargetExists", ExitCode.targetExists],
  // As for a new session: nothing is accepted now.
  ["Leaving", outcomes.ServerFull.exitCode]
])

/** The exit code of a sender whose message failed so. */
export const exitCodeOf = ({ detail, reason }: SessionError): ExitCode =>
  (reason === "Declined" ? refusals.get(detail) : undefined) ?? outcomes[reason].exitCode
