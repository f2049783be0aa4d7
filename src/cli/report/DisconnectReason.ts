/** Maps the end of a session to the reason that is reported. */
import type { SessionError, SessionReason } from "../../transport/SessionError.ts"
import type { ReportEvent } from "./Report.ts"

export type DisconnectReason = Extract<ReportEvent, { type: "disconnected" }>["reason"]

/** The reason in a client's `disconnected` event. */
export const ofClient = ({ reason }: SessionError): DisconnectReason => reasons[reason] ?? "lost"

/** The reason in a server's `disconnected` event: a peer whose message the server declined is `refused`. */
export const ofServer = (error: SessionError): DisconnectReason =>
  error.reason === "Declined" ? "refused" : ofClient(error)

const reasons: Partial<Readonly<Record<SessionReason, DisconnectReason>>> = {
  Unreachable: "unreachable",
  Silent: "unreachable",
  OtherVersion: "unreachable",
  Closed: "ended",
  Left: "left",
  Declined: "declined",
  ServerFull: "refused",
  TooLarge: "tooLarge",
  Reset: "ended",
  Stopped: "ended"
}
