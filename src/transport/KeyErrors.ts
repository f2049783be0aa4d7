/** The errors of a client that does not accept the key of its server, and of a file of keys that cannot be used. */
import type { KeyringError } from "../security/Keyring.ts"
import { SessionError } from "./SessionError.ts"

/** The server's key is not known. The error is final: a person, or a program, has to decide. `peer` is `host:port`. */
export const unknownKey = (peer: string, key: Uint8Array): SessionError =>
  new SessionError({ reason: "UnknownKey", peer, message: `the key of ${peer} is not known yet`, key })

/** The server has another key than the expected one. */
export const changedKey = (peer: string, key: Uint8Array): SessionError =>
  new SessionError({
    reason: "ChangedKey",
    peer,
    message: `${peer} has another key than the one that is known`,
    key
  })

/** The SessionError of a file of keys that cannot be used. `peer` is the `host:port` of the peer or of the listener. */
export const ofKeyring = (peer: string) => (cause: KeyringError): SessionError =>
  new SessionError({ reason: "Keys", peer, message: cause.message, cause })
