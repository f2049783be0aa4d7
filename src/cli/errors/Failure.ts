/** What can go wrong for the person at the program: an exit code, a sentence, a hint at what to do. */
import type { SocketError } from "../../net/Socket.ts"
import type { StorageError } from "../../storage/Storage.ts"
import type { ConnectionError, MessageRefused } from "../../transport/classic/ClassicConnection.ts"

/** The exit codes; a script may rely on them. */
export const ExitCode = {
  ok: 0,
  unclassified: 1,
  usage: 2,
  unreachable: 3,
  lost: 5,
  declined: 6,
  localIo: 8,
  targetExists: 9,
  someFailed: 10,
  interrupted: 130,
  terminated: 143
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

interface Fields {
  /** For scripts: `Usage`, or the reason of the error behind it. */
  readonly code: string
  readonly exitCode: ExitCode
  readonly message: string
  readonly hint?: string | undefined
}

/** A class of its own rather than Effect's: a wrong command line is found before Effect is loaded. */
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

export const ofConnection = ({ message, reason }: ConnectionError): Failure => {
  switch (reason) {
    case "Unreachable":
      return new Failure({ code: reason, exitCode: ExitCode.unreachable, message, hint: reachHint })
    case "Lost":
      return new Failure({ code: reason, exitCode: ExitCode.lost, message, hint: lostHint })
    case "Declined":
    case "Ended":
      return new Failure({ code: reason, exitCode: ExitCode.declined, message, hint: declinedHint })
    case "TooLarge":
      return new Failure({ code: reason, exitCode: ExitCode.usage, message, hint: "try --fragment-size 1000" })
  }
}

/** A socket that `serve` could not open. */
export const ofListening = ({ message, reason }: SocketError): Failure =>
  new Failure({ code: reason, exitCode: ExitCode.usage, message, hint: listenHints[reason] })

/** A socket that `send` could not open. */
export const ofConnecting = ({ message, reason }: SocketError): Failure =>
  reason === "TooManyOpen"
    ? new Failure({ code: reason, exitCode: ExitCode.localIo, message })
    : new Failure({ code: reason, exitCode: ExitCode.unreachable, message, hint: reachHint })

export const ofStorage = ({ message, reason }: StorageError): Failure => {
  const exitCode = reason === "TargetExists"
    ? ExitCode.targetExists
    : reason === "UnsafeName"
    ? ExitCode.declined
    : ExitCode.localIo
  return new Failure({ code: reason, exitCode, message })
}

/** A file of this machine: whatever is wrong with it, no peer has declined it. */
export const ofSource = ({ message, reason }: StorageError): Failure =>
  new Failure({ code: reason, exitCode: ExitCode.localIo, message })

export const ofRefusal = ({ message, refusal }: MessageRefused): Failure =>
  new Failure({ code: refusalCodes[refusal.refused], exitCode: ExitCode.usage, message })

/** Of several: the code that all share; `someFailed` when some went well or they differ. */
export const combined = (codes: ReadonlyArray<ExitCode>): ExitCode => {
  const [first = ExitCode.ok] = codes
  return codes.every((code) => code === first) ? first : ExitCode.someFailed
}

const refusalCodes: Readonly<Record<MessageRefused["refusal"]["refused"], string>> = {
  fragmentSize: "FragmentSize",
  textTooLong: "TextTooLong",
  tooManyFragments: "TooManyFragments"
}

export const reachHintFor = (serving: string): string =>
  `check the address and the port, that the other side runs \`${serving}\`, and that no firewall is between`
export const reachHint = reachHintFor("holub serve")
export const lostHint =
  "the network or the other side went away; what was complete is safe there, the rest can be sent again"
const declinedHint = "the classic wire cannot tell why; the other side's own output does"

const listenHints: Partial<Record<SocketError["reason"], string>> = {
  HostNotFound: "--host takes an address of this machine; --host 0.0.0.0 takes all of them",
  AddressInUse: "another server may be running; take another port with --port, or --port 0 for any free one",
  AddressNotAvailable: "--host takes an address of this machine; --host 0.0.0.0 takes all of them",
  Denied: "ports below 1024 need privileges; take a higher one with --port"
}
