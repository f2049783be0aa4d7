/**
 * Failures as reported to the user: code, exit code, message, hint. The conversions choose the exit code of each error.
 */
import { defaultWire, type WireName } from "../../protocol/WireName.ts"
import type { StorageError } from "../../storage/Storage.ts"
import type { SessionError } from "../../transport/SessionError.ts"
import { ExitCode } from "./ExitCodes.ts"

interface Fields {
  /** For scripts: `Usage`, or the reason of the underlying error. */
  readonly code: string
  readonly exitCode: ExitCode
  readonly message: string
  readonly hint?: string | undefined
}

export class Failure implements Fields {
  readonly _tag = "Failure"
  readonly code: string
  readonly exitCode: ExitCode
  readonly message: string
  readonly hint: string | undefined

  constructor({ code, exitCode, hint, message }: Fields) {
    this.code = code
    this.exitCode = exitCode
    this.message = message
    this.hint = hint
  }
}

export const usage = (message: string, hint?: string): Failure =>
  new Failure({ code: "Usage", exitCode: ExitCode.usage, message, hint })

/** The failure of a session that was not opened or has ended, or of a message that was not delivered. */
export const ofSession = (error: SessionError, wire: WireName): Failure => {
  const { message, reason } = error
  const failure = (exitCode: ExitCode, hint?: string, code: string = reason) =>
    new Failure({ code, exitCode, message, hint })
  switch (reason) {
    case "Silent":
      return error.detail === "SpeaksClassic"
        ? failure(ExitCode.unreachable, "try --wire classic")
        : failure(ExitCode.unreachable, reachHintFor(wire))
    case "Unreachable":
    case "HostNotFound":
    case "AddressInUse":
    case "AddressNotAvailable":
    case "Denied":
    case "Io":
      return failure(ExitCode.unreachable, reachHintFor(wire))
    case "TooManyOpen":
    case "Body":
      return failure(ExitCode.localIo)
    case "OtherVersion":
      return failure(ExitCode.unreachable, "install the same version of holub on both sides")
    case "Lost":
    case "Left":
      return failure(ExitCode.lost, lostHint)
    case "Protocol":
      return failure(ExitCode.lost)
    case "Closed":
      return failure(ExitCode.declined, wire === "classic" ? declinedHint : undefined)
    case "ServerFull":
    case "Reset":
    case "Stopped":
      return failure(ExitCode.declined)
    case "Declined":
      return ofDeclined(error)
    case "Unsupported":
      return failure(ExitCode.usage, undefined, error.detail)
    case "TooLarge":
      return failure(ExitCode.usage, "try --fragment-size 1000")
  }
}

/** The receiver's own message, if the wire carries it. */
const ofDeclined = ({ detail, message, peer }: SessionError): Failure =>
  detail === undefined
    ? new Failure({ code: "Declined", exitCode: ExitCode.declined, message, hint: declinedHint })
    : new Failure({
      code: detail,
      exitCode: detail === "TargetExists" ? ExitCode.targetExists : ExitCode.declined,
      message: `${peer} refused the message: ${message}`
    })

/** The failure of a listener that `serve` could not open. */
export const ofListening = ({ message, reason }: SessionError): Failure =>
  new Failure({ code: reason, exitCode: ExitCode.usage, message, hint: listenHints[reason] })

export const ofStorage = ({ message, reason }: StorageError): Failure => {
  const exitCode = reason === "TargetExists"
    ? ExitCode.targetExists
    : reason === "UnsafeName"
    ? ExitCode.declined
    : ExitCode.localIo
  return new Failure({ code: reason, exitCode, message })
}

/** The failure of a local file that was to be sent: always `localIo`, because no peer has declined it. */
export const ofSource = ({ message, reason }: StorageError): Failure =>
  new Failure({ code: reason, exitCode: ExitCode.localIo, message })

/** The command that the other side has to run. */
const serving = (wire: WireName): string => wire === defaultWire ? "holub serve" : `holub serve --wire ${wire}`

const reachHintFor = (wire: WireName): string =>
  `check the address and the port, that the other side runs \`${serving(wire)}\`, and that no firewall blocks UDP`
const lostHint = "the network or the other side failed; complete messages are stored there, send the others again"
const declinedHint =
  "the classic wire carries no reason; see the output of the other side. A flock server refuses classic clients in this way: try --wire flock"

const listenHints: Partial<Record<SessionError["reason"], string>> = {
  HostNotFound: "--host takes an address of this machine; --host 0.0.0.0 takes all of them",
  AddressInUse: "another server may be running; take another port with --port, or --port 0 for any free one",
  AddressNotAvailable: "--host takes an address of this machine; --host 0.0.0.0 takes all of them",
  Denied: "ports below 1024 need privileges; take a higher one with --port"
}
