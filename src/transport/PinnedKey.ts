/** The key of a server that a client pins: checked before anything is sent, because a wire that ignores it would protect nothing. */
import { type Address, format } from "../net/Address.ts"
import { keyBytes } from "../security/Crypto.ts"
import { SessionError } from "./SessionError.ts"

/** Why these bytes are no key; undefined if they may be one. */
export const problemOf = (key: Uint8Array): string | undefined =>
  key.length === keyBytes ? undefined : `a key has ${keyBytes} bytes, not ${key.length}`

/** The error `Unsupported` of a request with a key that cannot be checked; `because` is why not. */
export const keyUnsupported = (server: Address, because: string): SessionError =>
  new SessionError({
    reason: "Unsupported",
    peer: format(server),
    detail: "Key",
    message: `${because}, so the key of the server cannot be checked`
  })
