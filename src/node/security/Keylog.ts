/**
 * The file of `--keylog`: the keys of each session, with which a recorded session can be decrypted. One line each, with values in
 * hexadecimal: `HOLUB1 client-id server-id key-of-client key-of-server` of flock, `HOLUB1-TCP client-ephemeral key-of-client key-of-server`
 * of tcp. The keys are the first ones of a session.
 */
import * as Effect from "effect/Effect"
import { constants } from "node:fs"
import type { KeyringError } from "../../security/Keyring.ts"
import * as Files from "../storage/Files.ts"
import * as OwnFiles from "./OwnFiles.ts"

/** The keys of a session, 32 bytes each, and what a recording shows of it: on flock the ids of both sides, 8 bytes each. */
export interface SessionKeys {
  readonly session:
    | { readonly clientId: Uint8Array; readonly serverId: Uint8Array }
    | { readonly clientEphemeral: Uint8Array }
  readonly clientToServer: Uint8Array
  readonly serverToClient: Uint8Array
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

/** Appends a line to the file, which is made with mode 0600. Fails if other users may read it. */
export const append = (files: Files.Files, path: string, keys: SessionKeys): Effect.Effect<void, KeyringError> =>
  Effect.gen(function*() {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0)
    const file = yield* Files.opened("write to", path, () => files.open(path, flags, 0o600))
    const stats = yield* Files.attempt("examine", path, () => file.stat({ bigint: true }))
    const rules = { what: "the file of session keys", isPublic: false, followsLinks: false, maxBytes: 0 }
    const problem = OwnFiles.problemOf(stats, path, rules)
    if (problem !== undefined) return yield* OwnFiles.refused(problem)
    const { clientToServer, serverToClient, session } = keys
    const [label, shown] = "clientId" in session
      ? ["HOLUB1", [session.clientId, session.serverId]] as const
      : ["HOLUB1-TCP", [session.clientEphemeral]] as const
    const words = [...shown, clientToServer, serverToClient].map(hex)
    const line = new TextEncoder().encode(`${label} ${words.join(" ")}\n`)
    // The system appends: positions do not count, and a line is one write.
    yield* Files.writeAt(file, path, line, 0)
    line.fill(0)
  }).pipe(Effect.scoped, Effect.catchTag("StorageError", (error) => Effect.fail(OwnFiles.ofStorage(error))))
