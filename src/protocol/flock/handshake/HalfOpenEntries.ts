/**
 * The half-open entries of a server (docs/PROTOCOL.md, flock §3.1): a bounded table that its sources share. When it is full, the oldest
 * entry makes room. Times are milliseconds.
 */
import { Shares } from "../../Shares.ts"
import { sourceOf } from "../../Source.ts"
import type { Path } from "../path/PathValidation.ts"
import type { TransportParameters } from "../wire/TransportParameters.ts"
import type { Handshake } from "./Handshake.ts"
import * as HandshakeLimits from "./HandshakeLimits.ts"

/** A handshake whose HELLO2 was sent. */
export interface HalfOpenEntry {
  /** Source of HELLO: HELLO3 proves that the client receives at this address. */
  readonly path: Path
  readonly clientId: number
  /** The first message of HELLO. */
  readonly message: Uint8Array
  readonly serverId: number
  readonly handshake: Handshake
  /** The parameters that HELLO2 announces. */
  readonly local: TransportParameters
  /** HELLO2 is kept as bytes: written anew, it could use one key and nonce for two texts. */
  readonly hello2Bytes: Uint8Array
  readonly createdAt: number
  /** How long HELLO3 may take after HELLO2. */
  readonly lifeMillis: number
  /** How often HELLO2 was sent, and when it was sent last. */
  hello2Count: number
  hello2SentAt: number
  /** HELLO3s that were read: all but the last one are forged. */
  hello3Reads: number
}

/** With the first message: a host that saw a HELLO may send another message in its client's name, and be faster. */
const keyOf = ({ host, port }: Path, clientId: number, message: Uint8Array): string =>
  `${host} ${port} ${clientId} ${String.fromCharCode(...message)}`

export class HalfOpenEntries {
  /** By source, client id and first message, in the order in which HELLO2 was last sent. */
  readonly #byClient = new Map<string, HalfOpenEntry>()
  readonly #byServerId = new Map<number, HalfOpenEntry>()
  readonly #shares = new Shares(HandshakeLimits.halfOpen, HandshakeLimits.leastHalfOpen)
  readonly #onDropped: (entry: HalfOpenEntry) => void

  /** `onDropped` receives each entry that became no session. */
  constructor(onDropped: (entry: HalfOpenEntry) => void) {
    this.#onDropped = onDropped
  }

  get count(): number {
    return this.#byClient.size
  }

  of(from: Path, clientId: number, message: Uint8Array): HalfOpenEntry | undefined {
    return this.#byClient.get(keyOf(from, clientId, message))
  }

  byServerId(serverId: number): HalfOpenEntry | undefined {
    return this.#byServerId.get(serverId)
  }

  /** Takes a place for an entry of `source`. `Displaced`: the oldest entry has made room for it. */
  takePlace(source: string): "Taken" | "Displaced" | "Refused" {
    if (this.#shares.free > 0) return this.#shares.take(source) ? "Taken" : "Refused"
    if (this.#shares.heldBy(source) >= HandshakeLimits.leastHalfOpen) return "Refused"
    // A client that answers HELLO2 before a flood has filled all entries again still gets its session.
    const [oldest] = this.#byClient.values()
    if (oldest !== undefined) this.#drop(oldest)
    return this.#shares.take(source) ? "Displaced" : "Refused"
  }

  /** Gives a place back for which no entry was added. */
  givePlace(source: string): void {
    this.#shares.give(source)
  }

  /** Adds an entry, for which a place was taken. */
  add(entry: HalfOpenEntry): void {
    this.#byClient.set(keyOf(entry.path, entry.clientId, entry.message), entry)
    this.#byServerId.set(entry.serverId, entry)
  }

  /** HELLO2 is sent again: HELLO3 has as much time as after the first one. */
  onRepeated(entry: HalfOpenEntry, now: number): void {
    entry.hello2Count++
    entry.hello2SentAt = now
    const key = keyOf(entry.path, entry.clientId, entry.message)
    this.#byClient.delete(key)
    this.#byClient.set(key, entry)
  }

  /** Drops the entries whose time is over. */
  expire(now: number): void {
    for (const entry of this.#byClient.values()) {
      const ageMillis = now - entry.hello2SentAt
      if (ageMillis >= entry.lifeMillis) this.#drop(entry)
      else if (ageMillis < HandshakeLimits.provedHalfOpenMillis) return
    }
  }

  /** The entry became a session. */
  forget({ clientId, message, path, serverId }: HalfOpenEntry): void {
    this.#shares.give(sourceOf(path))
    this.#byClient.delete(keyOf(path, clientId, message))
    this.#byServerId.delete(serverId)
  }

  #drop(entry: HalfOpenEntry): void {
    this.forget(entry)
    entry.handshake.free()
    this.#onDropped(entry)
  }
}
