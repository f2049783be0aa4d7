/** How the end of a session is told. */
import type { SessionError, SessionReason } from "../../transport/flock/SessionError.ts"

/** As the line `disconnected` has it. */
export const departureOf = ({ reason }: SessionError): "ended" | "lost" | "left" | "refused" | "unreachable" =>
  departures[reason]

const departures: Readonly<Record<SessionReason, "ended" | "lost" | "left" | "refused" | "unreachable">> = {
  Unreachable: "unreachable",
  Silent: "unreachable",
  OtherVersion: "unreachable",
  Lost: "lost",
  Left: "left",
  Closed: "ended",
  ServerFull: "refused",
  Protocol: "lost",
  Reset: "ended",
  Stopped: "ended"
}
