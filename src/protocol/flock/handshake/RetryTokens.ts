/**
 * The tokens of RETRY (docs/PROTOCOL.md, flock §3.6; RFC 9000 §8.1): a token proves that its bearer receives at an address, and the server
 * keeps nothing for it but two secrets. Times are milliseconds.
 */
import { readUint32, writeId, writeUint32 } from "../wire/Packet.ts"
import * as HandshakeLimits from "./HandshakeLimits.ts"
import { tokenBytes } from "./HandshakePacket.ts"

/** What RETRY needs of cryptography. */
export interface TokenCryptography {
  /** HMAC-SHA-256. */
  readonly hmac: (key: Uint8Array, bytes: Uint8Array) => Uint8Array
  /** Unpredictable bytes. */
  readonly randomBytes: (length: number) => Uint8Array
  /** Compares in a time that depends on the lengths only. */
  readonly isEqual: (one: Uint8Array, other: Uint8Array) => boolean
}

/** For whom a token is made. */
export interface Bearer {
  readonly host: string
  readonly port: number
  readonly clientId: number
  readonly version: number
}

interface Secret {
  /** The lowest byte of the count of secrets. */
  readonly number: number
  readonly key: Uint8Array
  readonly madeAt: number
}

const macAt = 5
const secretBytes = 32

/** The tokens of one server. A token is the number of its secret, its time in seconds, and a MAC. */
export class RetryTokens {
  readonly #cryptography: TokenCryptography
  #current: Secret | undefined
  #previous: Secret | undefined

  constructor(cryptography: TokenCryptography) {
    this.#cryptography = cryptography
  }

  /** Makes a token of {@link tokenBytes}. */
  make(bearer: Bearer, now: number): Uint8Array {
    const secret = this.#renewed(now)
    const token = new Uint8Array(tokenBytes)
    token[0] = secret.number
    writeUint32(token, 1, secondsOf(now))
    token.set(this.#macOf(secret, token, bearer), macAt)
    return token
  }

  /** Whether this server made the token for this bearer, within `HandshakeLimits.tokenMillis`. */
  isValid(token: Uint8Array, bearer: Bearer, now: number): boolean {
    if (token.length !== tokenBytes) return false
    this.#renewed(now)
    const secret = [this.#current, this.#previous].find((one) => one?.number === token[0])
    const ageSeconds = secondsOf(now) - readUint32(token, 1)
    if (secret === undefined || ageSeconds < 0 || ageSeconds * 1000 > HandshakeLimits.tokenMillis) return false
    return this.#cryptography.isEqual(token.subarray(macAt), this.#macOf(secret, token, bearer))
  }

  #renewed(now: number): Secret {
    const current = this.#current
    if (current !== undefined && now < current.madeAt + HandshakeLimits.tokenSecretMillis) return current
    const made = {
      number: ((current?.number ?? 0) + 1) & 0xff,
      key: this.#cryptography.randomBytes(secretBytes),
      madeAt: now
    }
    this.#previous?.key.fill(0)
    this.#previous = current
    this.#current = made
    return made
  }

  #macOf({ key }: Secret, token: Uint8Array, { clientId, host, port, version }: Bearer): Uint8Array {
    const bytes = new Uint8Array(macAt + 2 + 8 + 4 + host.length)
    bytes.set(token.subarray(0, macAt))
    bytes[macAt] = port >>> 8
    bytes[macAt + 1] = port
    const at = writeUint32(bytes, writeId(bytes, macAt + 2, clientId), version)
    // An address as text is ASCII; it comes last, so that no other field can continue it.
    for (let index = 0; index < host.length; index++) bytes[at + index] = host.charCodeAt(index)
    return this.#cryptography.hmac(key, bytes).subarray(0, tokenBytes - macAt)
  }
}

const secondsOf = (now: number): number => Math.floor(now / 1000) >>> 0
