/**
 * The handshakes of a server (docs/PROTOCOL.md, flock §3.1): it answers HELLO with HELLO2, and HELLO3 completes a handshake. A client
 * that is not validated costs one of a bounded number of half-open entries for a few seconds, and receives no more bytes than it
 * sent. Checks are in the order of their cost. No source takes all entries, and when they are all taken, the oldest makes room.
 * Times are milliseconds.
 */
import { sourceOf } from "../../Source.ts"
import type { Path } from "../path/PathValidation.ts"
import { connectionIds, form } from "../wire/Packet.ts"
import type { TransportParameters } from "../wire/TransportParameters.ts"
import type { Agreement } from "./ClientHandshake.ts"
import { HalfOpenEntries, type HalfOpenEntry } from "./HalfOpenEntries.ts"
import type { MakeHandshake } from "./Handshake.ts"
import * as HandshakeLimits from "./HandshakeLimits.ts"
import { type HandshakePacket, type Hello, hello2, prologueOf, retry, version, versions } from "./HandshakePacket.ts"
import { decodeClient, encodeServer } from "./HandshakePayload.ts"
import type { Crc32, ProtectionName } from "./Protection.ts"
import { RetryMode } from "./RetryMode.ts"
import { RetryTokens, type TokenCryptography } from "./RetryTokens.ts"

export interface ServerHandshakeOptions {
  readonly crc32: Crc32
  readonly makeHandshake: MakeHandshake
  readonly protection: ProtectionName
  readonly cryptography: TokenCryptography
  /** Whether the gate of a request and a first message is right; undefined without a shared key. A port with one is silent to all others. */
  readonly holdsGate?: ((request: Uint8Array, message: Uint8Array, gate: Uint8Array) => boolean) | undefined
  /** The reset token of a session that a client opens at `path` (docs/PROTOCOL.md, flock §10.3): 16 bytes. */
  readonly resetToken: (serverId: number, path: Path) => Uint8Array
  /** The key that will replace this server's; undefined when none is planned. */
  readonly nextKey: Uint8Array | undefined
  /** Returns the parameters for a new entry. */
  readonly local: () => TransportParameters
  /** Receives the parameters of an entry that became no session. */
  readonly onDropped?: ((local: TransportParameters) => void) | undefined
  /** Returns numbers in [0, 1); they must be unpredictable, because connection ids are made of them. */
  readonly random: () => number
  /** Handshakes with a token a second. Default: `HandshakeLimits.handshakesPerSecond`. */
  readonly handshakesPerSecond?: number | undefined
}

/** Packets that neither made a half-open entry nor completed a handshake. */
export interface ServerHandshakeCounters {
  /** Answered with VERSION. */
  otherVersions: number
  /** Answered with VERSION, or dropped behind a gate: they request another protection. */
  otherProtections: number
  /** Dropped: the gate is wrong. */
  wrongGates: number
  /** Answered with RETRY. */
  retries: number
  /** Dropped: the token is damaged, too old, or of another address. */
  wrongTokens: number
  /** Dropped: their source has its share of the entries, or was answered often enough, or there are too many. */
  refused: number
  /** Handshakes in progress that made room for newer ones. */
  displaced: number
  /** Dropped: HELLO3 that is not authentic. */
  forged: number
  /** Dropped: HELLO3 of no half-open handshake, packets that only a client receives, and messages that cannot be read. */
  unexpected: number
}

/** `Answer`: send the bytes to the packet's source. `Agreed`: create a session. `Unknown`: HELLO3 of no half-open handshake. */
export type ServerHandshakeResult =
  | { readonly _tag: "Answer"; readonly bytes: Uint8Array }
  /** The path of the session is the source of HELLO, even when HELLO3 arrives from another address. */
  | {
    readonly _tag: "Agreed"
    readonly agreement: Agreement
    readonly local: TransportParameters
    readonly path: Path
    /** Whether the client's key is one that it keeps. */
    readonly isIdentity: boolean
  }
  | { readonly _tag: "Unknown"; readonly serverId: number }

/** All handshakes in progress at one server. */
export class ServerHandshake {
  readonly counters: ServerHandshakeCounters = {
    otherVersions: 0,
    otherProtections: 0,
    wrongGates: 0,
    retries: 0,
    wrongTokens: 0,
    refused: 0,
    displaced: 0,
    forged: 0,
    unexpected: 0
  }
  readonly #options: ServerHandshakeOptions
  readonly #entries: HalfOpenEntries
  readonly #tokens: RetryTokens
  readonly #retryMode: RetryMode

  constructor(options: ServerHandshakeOptions) {
    this.#options = options
    this.#entries = new HalfOpenEntries(({ local }) => options.onDropped?.(local))
    this.#tokens = new RetryTokens(options.cryptography)
    this.#retryMode = new RetryMode(options.random, options.handshakesPerSecond)
  }

  /** Handshakes in progress. */
  get count(): number {
    return this.#entries.count
  }

  /** Whether the handshake with this connection id is in progress: the session is not there yet, and not forgotten. */
  isHalfOpen(serverId: number, now: number): boolean {
    this.#entries.expire(now)
    return this.#entries.byServerId(serverId) !== undefined
  }

  /** Receives a handshake packet from `from`. Undefined when it is dropped. */
  handlePacket(packet: HandshakePacket, from: Path, now: number): ServerHandshakeResult | undefined {
    this.#entries.expire(now)
    switch (packet.form) {
      case form.hello:
        return this.#onHello(packet, from, now)
      case form.hello3:
        return this.#onHello3(packet.serverId, packet.message, now)
      default:
        return void this.counters.unexpected++
    }
  }

  #onHello(hello: Hello, from: Path, now: number): ServerHandshakeResult | undefined {
    const { holdsGate, protection } = this.#options
    const isRequested = hello.version === version && hello.protection === protection
    if (!isRequested) return this.#onOtherRequest(hello)
    if (holdsGate !== undefined && !holdsGate(hello.request, hello.message, hello.gate)) {
      return void this.counters.wrongGates++
    }
    const known = this.#entries.of(from, hello.clientId, hello.message)
    if (known !== undefined) {
      if (known.hello2Count >= HandshakeLimits.hello2Repeats) return void this.counters.refused++
      this.#entries.onRepeated(known, now)
      return { _tag: "Answer", bytes: known.hello2Bytes }
    }
    const bearer = { host: from.host, port: from.port, clientId: hello.clientId, version }
    const isProved = hello.token.length > 0
    if (isProved && !this.#tokens.isValid(hello.token, bearer, now)) return void this.counters.wrongTokens++
    if (!isProved && this.#retryMode.wantsToken(this.#entries.count, now)) {
      if (!this.#retryMode.answers(from, now)) return void this.counters.refused++
      this.counters.retries++
      const token = this.#tokens.make(bearer, now)
      return { _tag: "Answer", bytes: retry(this.#options.crc32, hello.clientId, token) }
    }
    if (isProved && !this.#retryMode.admits(from, now)) return void this.counters.refused++
    return this.#open(hello, from, isProved, now)
  }

  /** Behind a gate nothing is answered that has not passed it. */
  #onOtherRequest(hello: Hello): ServerHandshakeResult | undefined {
    const { crc32, holdsGate, protection } = this.#options
    if (hello.version === version) this.counters.otherProtections++
    else this.counters.otherVersions++
    if (holdsGate !== undefined) return undefined
    return { _tag: "Answer", bytes: versions(crc32, hello.clientId, [{ version, protections: [protection] }]) }
  }

  #open(hello: Hello, from: Path, isProved: boolean, now: number): ServerHandshakeResult | undefined {
    const { crc32, makeHandshake, nextKey, resetToken } = this.#options
    const place = this.#entries.takePlace(sourceOf(from))
    if (place === "Refused") return void this.counters.refused++
    if (place === "Displaced") this.counters.displaced++
    const reading = makeHandshake("server", prologueOf(hello.request)).read(hello.message)
    if (reading === undefined) {
      this.#entries.givePlace(sourceOf(from))
      return void this.counters.unexpected++
    }
    const serverId = this.#drawId()
    const local = this.#options.local()
    const { message, next } = reading.next.write(encodeServer({
      serverId,
      resetToken: resetToken(serverId, from),
      versions: [version],
      nextKey,
      parameters: local
    }))
    const hello2Bytes = hello2(crc32, hello.clientId, serverId, message)
    const lifeMillis = isProved ? HandshakeLimits.provedHalfOpenMillis : HandshakeLimits.halfOpenMillis
    this.#entries.add({
      path: from,
      clientId: hello.clientId,
      message: hello.message,
      serverId,
      handshake: next,
      local,
      hello2Bytes,
      createdAt: now,
      lifeMillis,
      hello2Count: 1,
      hello2SentAt: now,
      hello3Reads: 0
    })
    return { _tag: "Answer", bytes: hello2Bytes }
  }

  #onHello3(serverId: number, message: Uint8Array, now: number): ServerHandshakeResult | undefined {
    const entry = this.#entries.byServerId(serverId)
    if (entry === undefined) {
      this.counters.unexpected++
      return { _tag: "Unknown", serverId }
    }
    if (entry.hello3Reads >= HandshakeLimits.hello3Reads) return void this.counters.refused++
    entry.hello3Reads++
    const reading = entry.handshake.read(message)
    const payload = reading === undefined ? undefined : decodeClient(reading.payload)
    if (reading === undefined || payload === undefined) return void this.counters.forged++
    this.#entries.forget(entry)
    const { clientId, local, path } = entry
    return {
      _tag: "Agreed",
      local,
      path,
      isIdentity: payload.isIdentity,
      agreement: {
        ...reading.next.finish(),
        localId: serverId,
        remoteId: clientId,
        peer: payload.parameters,
        roundTripMillis: roundTripOf(entry, now)
      }
    }
  }

  #drawId(): number {
    return 1 + Math.floor(this.#options.random() * (connectionIds - 1))
  }
}

const roundTripOf = ({ createdAt, hello2Count }: HalfOpenEntry, now: number): number | undefined =>
  hello2Count === 1 ? now - createdAt : undefined
