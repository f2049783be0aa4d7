/** Rows of the table of settings (Settings.ts): the protection of flock, and of flock and tcp the keys of this side, and the trust in keys of others. */
import { choice, flagOnly, optional, path, toggle } from "./Setting.ts"

/** The protection of packets. */
export type ProtectionName = "aead" | "crc"

const onFlock = { wires: ["flock"] } as const
const withKeys = { wires: ["flock", "tcp"] } as const

/** Settings of both sides. */
export const security = {
  protection: choice<ProtectionName>(
    "protection",
    "encrypted and authenticated, or only checked for damage; it must be the same on both sides",
    ["aead", "crc"],
    "aead",
    onFlock
  ),
  pskFile: optional("psk-file", "FILE", "a key of 32 random bytes, which both sides must have", path, withKeys),
  keylog: flagOnly(
    optional(
      "keylog",
      "FILE",
      "append the keys of each session, with which a recording can be read; a flag only",
      path,
      withKeys
    )
  )
}

/** Settings of a server. */
export const hosting = {
  hostKey: optional(
    "host-key",
    "FILE",
    "the private key of the server (default ~/.local/state/holub/host.key)",
    path,
    withKeys
  ),
  allowKeys: optional("allow-keys", "FILE", "accept only clients whose key is a line of FILE", path, withKeys)
}

/** Settings of a client. */
export const trusting = {
  identity: optional(
    "identity",
    "FILE",
    "the private key of the client (default identity.key beside host.key, if it exists)",
    path,
    withKeys
  ),
  acceptNew: toggle("accept-new", "accept and remember the key of an unknown server without a question", withKeys),
  remember: toggle("remember", "remember the key of --to KEY@HOST for the next time", withKeys)
}
