/** What can go wrong over the modern wire, for the person at the program. */
import type { MessageDeclined } from "../../transport/flock/MessageStream.ts"
import type { SessionError } from "../../transport/flock/SessionError.ts"
import { ExitCode, Failure, lostHint, reachHintFor } from "../errors/Failure.ts"

/** A server over the classic wire is as silent as none. */
export const reachHint = reachHintFor("holub serve --wire flock")

export const ofSession = ({ message, reason }: SessionError): Failure => {
  switch (reason) {
    case "Unreachable":
    case "Silent":
      return new Failure({ code: reason, exitCode: ExitCode.unreachable, message, hint: reachHint })
    case "OtherVersion":
      return new Failure({
        code: reason,
        exitCode: ExitCode.unreachable,
        message,
        hint: "both sides need versions of holub that understand each other"
      })
    case "Lost":
    case "Left":
      return new Failure({ code: reason, exitCode: ExitCode.lost, message, hint: lostHint })
    case "Protocol":
      return new Failure({ code: reason, exitCode: ExitCode.lost, message })
    case "Closed":
    case "ServerFull":
    case "Reset":
    case "Stopped":
      return new Failure({ code: reason, exitCode: ExitCode.declined, message })
  }
}

/** The receiver's own words. */
export const ofDeclined = ({ message, peer, reason }: MessageDeclined): Failure =>
  new Failure({
    code: reason,
    exitCode: reason === "TargetExists" ? ExitCode.targetExists : ExitCode.declined,
    message: `${peer} refused it: ${message}`
  })
