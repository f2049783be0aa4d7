/** The keys of a command, from its settings: the Keyring in files, the protection, the shared key, and the log of session keys. */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Runtime from "effect/Runtime"
import type { Environment } from "../../node/Folders.ts"
import * as Keylog from "../../node/security/Keylog.ts"
import * as NodeKeyring from "../../node/security/NodeKeyring.ts"
import * as PskFile from "../../node/security/PskFile.ts"
import * as Files from "../../node/storage/Files.ts"
import type { WireSettings } from "../../node/Wires.ts"
import { writeId } from "../../protocol/flock/wire/Packet.ts"
import type { Crypto } from "../../security/Crypto.ts"
import type { Keyring } from "../../security/Keyring.ts"
import type { TcpSecrets } from "../../security/TcpHandshake.ts"
import type { SessionSecrets } from "../../transport/flock/HandshakeKeys.ts"
import * as Failures from "../errors/Failure.ts"
import type { Report } from "../report/Report.ts"
import * as KeyringOptions from "../settings/KeyringOptions.ts"
import type { Values } from "../settings/Settings.ts"
import { listed } from "../text/Format.ts"

/** The settings; a command has those of its role. */
export type KeyValues =
  & Pick<Values, "protection" | "pskFile" | "keylog" | "wire">
  & KeyringOptions.KeyringValues

export interface CommandKeys {
  readonly keyring: Layer.Layer<Keyring, never, Crypto>
  readonly wire: Pick<WireSettings, "protection" | "psk" | "onSecrets">
}

/** Reads the shared key; other files are read when they are needed. */
export const make = (
  values: KeyValues,
  environment: Environment,
  report: Report
): Effect.Effect<CommandKeys, Failures.Failure> =>
  Effect.gen(function*() {
    const { allowKeys, keylog, protection, pskFile, wire } = values
    const keyring = NodeKeyring.layer({
      ...KeyringOptions.fromSettings(values, environment),
      warn: (sentence) => report.emit({ type: "warning", code: "DamagedLine", message: sentence })
    })
    if (wire === "classic") return { keyring, wire: {} }
    // On tcp everything is encrypted.
    if (wire === "flock" && protection === "crc") {
      const needing = { "--psk-file": pskFile, "--allow-keys": allowKeys, "--keylog": keylog }
      const given = Object.entries(needing).filter(([, value]) => value !== undefined).map(([flag]) => flag)
      return yield* given.length === 0
        ? Effect.succeed({ keyring, wire: { protection } })
        : Effect.fail(Failures.usage(`${listed(given)} cannot be used with --protection crc, which has no keys`))
    }
    const psk = pskFile === undefined
      ? undefined
      : Redacted.make(yield* Effect.mapError(PskFile.load(Files.make(), pskFile), Failures.ofKeyring))
    const onSecrets = keylog === undefined ? undefined : yield* logging(keylog, report)
    return { keyring, wire: wire === "tcp" ? { psk, onSecrets } : { protection, psk, onSecrets } }
  })

/** Appends the keys of each session to a file, and warns: the file decrypts all sessions. */
const logging = (path: string, report: Report): Effect.Effect<(secrets: SessionSecrets | TcpSecrets) => void> =>
  Effect.gen(function*() {
    const runtime = yield* Effect.runtime<never>()
    yield* report.emit({
      type: "warning",
      code: "KeysLogged",
      message: `the keys of all sessions are written to ${path}: who has this file can read what was sent`
    })
    const idOf = (id: number): Uint8Array => {
      const bytes = new Uint8Array(8)
      writeId(bytes, 0, id)
      return bytes
    }
    return (secrets) => {
      const { clientToServer, serverToClient } = secrets
      const session = "clientId" in secrets
        ? { clientId: idOf(secrets.clientId), serverId: idOf(secrets.serverId) }
        : { clientEphemeral: secrets.clientEphemeral }
      const line = { session, clientToServer, serverToClient }
      Runtime.runFork(runtime)(
        Effect.catchAll(
          Keylog.append(Files.make(), path, line),
          ({ message }) => report.emit({ type: "warning", code: "KeysLogged", message })
        )
      )
    }
  })
