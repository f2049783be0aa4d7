import { expect, it } from "vitest"
import * as DisconnectReason from "../../../src/cli/report/DisconnectReason.ts"
import { SessionError, SessionReason } from "../../../src/transport/SessionError.ts"

/** Every other reason is reported as `lost` by both roles. */
const reported: Partial<Record<SessionReason, readonly [byClient: string, byServer: string]>> = {
  Unreachable: ["unreachable", "unreachable"],
  Silent: ["unreachable", "unreachable"],
  OtherVersion: ["unreachable", "unreachable"],
  ServerFull: ["refused", "refused"],
  Left: ["left", "left"],
  Closed: ["ended", "ended"],
  Declined: ["declined", "refused"],
  TooLarge: ["tooLarge", "tooLarge"],
  Reset: ["ended", "ended"],
  Stopped: ["ended", "ended"]
}

it.each(SessionReason.literals)("the end of a session by %s has a reason in the report", (reason) => {
  const error = new SessionError({ reason, peer: "h:1", message: "it happened" })
  expect([DisconnectReason.ofClient(error), DisconnectReason.ofServer(error)]).toEqual(
    reported[reason] ?? ["lost", "lost"]
  )
})
