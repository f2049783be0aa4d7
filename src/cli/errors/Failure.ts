/**
 * Failures as reported to the user: code, exit code, message, hint. The conversions choose the exit code of each error.
 */
import { defaultWire, type WireName } from "../../protocol/WireName.ts"
import type { KeyringError } from "../../security/Keyring.ts"
import type { StorageError } from "../../storage/Storage.ts"
import type { SessionError } from "../../transport/SessionError.ts"
import * as TextLimits from "../text/TextLimits.ts"
import { textOf } from "../trust/KeyName.ts"
import { ExitCode } from "./ExitCodes.ts"
import { exitCodeOf } from "./SessionOutcomes.ts"

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
  const { detail, message, peer, reason } = error
  const exitCode = exitCodeOf(error)
  const failure = (hint?: string, code: string = reason) => new Failure({ code, exitCode, message, hint })
  switch (reason) {
    case "Silent":
      return failure(detail === "SpeaksClassic" ? otherWireHint("classic", peer) : silentHintFor(wire))
    case "Unreachable":
    case "HostNotFound":
    case "AddressInUse":
    case "AddressNotAvailable":
    case "Denied":
    case "Io":
      return failure(reachHintFor(wire))
    case "OtherVersion":
      return failure(
        detail === "Protection" ? protectionHintFor(error.metadata) : "install the same version of holub on both sides"
      )
    case "ServerFull":
      return failure("send it again later")
    case "NotAllowed":
      return failure(allowingHintFor(error))
    case "Lost":
    case "PeerRestarted":
    case "Stalled":
    case "Left":
      return failure(smallerHintOf(error) ?? lostHint)
    case "Closed":
    case "Abandoned":
      return failure(endedHint)
    case "Declined":
      // The receiver's own words, if the wire carries them.
      return detail === undefined
        ? failure(declinedHintFor(peer))
        : new Failure({ code: detail, exitCode, message: `${peer} refused the message: ${shortened(message)}` })
    case "Unsupported":
      return failure(undefined, detail)
    case "TooLarge":
      return failure(smallerHintOf(error) ?? pathHintFor(wire))
    case "UnknownKey":
    case "ChangedKey":
    case "Keys":
    case "NotUnicast":
    case "InvalidZone":
    case "TooManyOpen":
    case "Body":
    case "Protocol":
    case "Defect":
    case "Reset":
    case "Stopped":
      return failure()
  }
}

/** The words of a peer, which may be long. */
const shortened = (words: string): string =>
  words.length <= TextLimits.peerWords ? words : `${words.slice(0, TextLimits.peerWords)}…`

/** The failure of a listener that `serve` could not open. */
export const ofListening = ({ message, reason }: SessionError): Failure =>
  new Failure({
    code: reason,
    exitCode: reason === "Keys" ? ExitCode.localIo : ExitCode.usage,
    message,
    hint: listenHints[reason]
  })

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

/** The failure of a file of keys, which says what to do. */
export const ofKeyring = ({ message }: KeyringError): Failure =>
  new Failure({ code: "Keyring", exitCode: ExitCode.localIo, message })

/** What lets a client in whose key, or whose missing identity, is not allowed. `key` is that of its identity. */
const allowingHintFor = ({ key }: SessionError): string =>
  key === undefined
    ? "this side is anonymous: make an identity with `holub key show`, and give the key of the identity to the operator " +
      "of the server, for the list of `--allow-keys`"
    : `give the key of this side to the operator of the server, for the list of \`--allow-keys\`: ${textOf(key)}`

/** The command that the other side has to run. */
const serving = (wire: WireName): string => wire === defaultWire ? "holub serve" : `holub serve --wire ${wire}`

/** The flags for a server of the other wire: it names the address, because the default port of that wire is another. */
export const otherWireHint = (wire: WireName, peer: string): string => `try --wire ${wire} --to ${peer}`

const reachHintFor = (wire: WireName): string =>
  `check the address and the port, that the other side runs \`${serving(wire)}\`, and that no firewall blocks ${
    { flock: "UDP or datagrams of 1200 bytes", tcp: "TCP", classic: "UDP" }[wire]
  }`
const silentHintFor = (wire: WireName): string =>
  reachHintFor(wire) +
  (wire === "flock" ? "; where UDP is blocked, `--wire tcp` on both sides takes TCP" : "") +
  (wire === "classic" ? "" : "; a server with a shared key answers only clients with the same key: `--psk-file`")
/**
 * What to do where a server offers other protections, whose names are `offered`. The offer is not authentic: it must not talk a person out
 * of the encryption.
 */
const protectionHintFor = (offered: unknown): string => {
  const names: ReadonlyArray<unknown> = Array.isArray(offered) ? offered : []
  if (names.includes("aead-psk")) return "the server wants a shared key: send with the same `--psk-file` as the server"
  return names.includes("aead")
    ? "the server is encrypted and has no shared key: send without `--protection crc` and without `--psk-file`"
    : "start the server without `--protection crc`. This answer could be forged: do not give up the encryption because of it"
}
/** The remedy for a path that does not carry the fragments of a message. */
const smallerHintOf = ({ fragmentSize }: SessionError): string | undefined =>
  fragmentSize === undefined ? undefined : `try --fragment-size ${fragmentSize}`
const pathHintFor = (wire: WireName): string =>
  wire === "flock"
    ? "raise the MTU of the interface or tunnel to 1228 bytes (IPv6: 1280), or try --wire classic on both sides"
    : "no smaller fragment size is known to fit; raise the MTU of the interface or tunnel"
const lostHint = "the network or the other side failed; complete messages are stored there, send the others again"
const endedHint = "complete messages are stored there; send the others again when it runs"
const declinedHintFor = (peer: string): string =>
  "the classic wire carries no reason: the other side refused it or was stopped, see its output. A flock server refuses " +
  `classic clients in this way: ${otherWireHint("flock", peer)}`

const listenHints: Partial<Record<SessionError["reason"], string>> = {
  HostNotFound: "--host takes an address of this machine; --host 0.0.0.0 takes all of them",
  NotUnicast: "--host takes an address of this machine; --host 0.0.0.0 takes all of them",
  AddressInUse: "another server may be running; take another port with --port, or --port 0 for any free one",
  AddressNotAvailable: "--host takes an address of this machine; --host 0.0.0.0 takes all of them",
  Denied: "ports below 1024 need privileges; take a higher one with --port"
}
