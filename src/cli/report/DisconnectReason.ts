/** How the end of a session is reported. */
import type { SessionError, SessionReason } from "../../transport/SessionError.ts"
import type { ReportEvent } from "./Report.ts"

export type DisconnectReason = Extract<ReportEvent, { type: "disconnected" }>["reason"]

/** As the line `disconnected` of a client has it. */
export const ofClient = ({ reason }: SessionError): DisconnectReason => reasons[reason] ?? "lost"

/** As the line `disconnected` of a server has it: what a server declines, it refuses. */
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
