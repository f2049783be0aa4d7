/**
 * The handshakes of a server (docs/PROTOCOL.md, flock §3.1): it answers HELLO with HELLO2, and HELLO3 completes a handshake. A client
 * that is not validated costs one of a bounded number of half-open entries for a few seconds, and receives no more bytes than it
 * sent. No source takes all entries, and when they are all taken, the oldest makes room. Times are milliseconds.
 */
import * as Limits from "../../ProtocolLimits.ts"
import { Shares } from "../../Shares.ts"
import { sourceOf } from "../../Source.ts"
import type { Path } from "../path/PathValidation.ts"
import { connectionIds, form } from "../wire/Packet.ts"
import { decode, encode, type TransportParameters } from "../wire/TransportParameters.ts"
import type { Agreement } from "./ClientHandshake.ts"
import type { Handshake, MakeHandshake } from "./Handshake.ts"
import { type HandshakePacket, hello2, version, versions } from "./HandshakePacket.ts"
import type { Crc32, ProtectionName } from "./Protection.ts"

interface HalfOpen {
  readonly key: string
  /** Source of HELLO: HELLO3 proves that the client receives at this address. */
  readonly path: Path
  readonly clientId: number
  readonly serverId: number
  readonly handshake: Handshake
  /** The parameters that HELLO2 announces. */
  readonly local: TransportParameters
  readonly hello2Bytes: Uint8Array
  readonly createdAt: number
  /** How often HELLO2 was sent, and when it was sent last. */
  hello2Count: number
  hello2SentAt: number
}

export interface ServerHandshakeOptions {
  readonly crc32: Crc32
  readonly makeHandshake: MakeHandshake
  readonly protection: ProtectionName
  /** Returns the parameters for a new entry. */
  readonly local: () => TransportParameters
  /** Receives the parameters of an entry that became no session. */
  readonly onDropped?: ((local: TransportParameters) => void) | undefined
  /** Returns numbers in [0, 1); they must be unpredictable, because connection ids are made of them. */
  readonly random: () => number
}

/** Packets that neither made a half-open entry nor completed a handshake. */
export interface ServerHandshakeCounters {
  /** Answered with VERSION. */
  otherVersions: number
  /** Dropped: the requested protection is not supported. */
  otherProtections: number
  /** Dropped: their source has its share of the entries, or was answered often enough. */
  refused: number
  /** Handshakes in progress that made room for newer ones. */
  displaced: number
  /** Dropped: HELLO3 of no half-open handshake, packets that only a client receives, and messages that cannot be read. */
  unexpected: number
}

/** `Answer`: send the bytes to the packet's source. `Agreed`: create a session. */
export type ServerHandshakeResult =
  | { readonly _tag: "Answer"; readonly bytes: Uint8Array }
  /** The path of the session is the source of HELLO, even when HELLO3 arrives from another address. */
  | { readonly _tag: "Agreed"; readonly agreement: Agreement; readonly local: TransportParameters; readonly path: Path }

/** All handshakes in progress at one server. */
export class ServerHandshake {
  readonly counters: ServerHandshakeCounters = {
    otherVersions: 0,
    otherProtections: 0,
    refused: 0,
    displaced: 0,
    unexpected: 0
  }
  readonly #options: ServerHandshakeOptions
  /** By source and client id, in the order in which HELLO2 was last sent. */
  readonly #halfOpen = new Map<string, HalfOpen>()
  readonly #byServerId = new Map<number, HalfOpen>()
  readonly #shares = new Shares(Limits.halfOpen, Limits.leastHalfOpen)

  constructor(options: ServerHandshakeOptions) {
    this.#options = options
  }

  /** Handshakes in progress. */
  get count(): number {
    return this.#halfOpen.size
  }

  /** Receives a handshake packet from `from`. Undefined when it is dropped. */
  handlePacket(packet: HandshakePacket, from: Path, now: number): ServerHandshakeResult | undefined {
    this.#expire(now)
    if (packet.form === form.hello) return this.#onHello(packet, from, now)
    const result = packet.form === form.hello3 ? this.#onHello3(packet.serverId, packet.message, now) : undefined
    if (result === undefined) this.counters.unexpected++
    return result
  }

  #onHello(
    hello: HandshakePacket & { form: typeof form.hello },
    from: Path,
    now: number
  ): ServerHandshakeResult | undefined {
    const { crc32, makeHandshake, protection } = this.#options
    if (hello.version !== version) {
      this.counters.otherVersions++
      return { _tag: "Answer", bytes: versions(crc32, hello.clientId) }
    }
    if (hello.protection !== protection) return void this.counters.otherProtections++
    const key = `${from.host} ${from.port} ${hello.clientId}`
    const known = this.#halfOpen.get(key)
    if (known !== undefined) {
      if (known.hello2Count >= Limits.hello2Repeats) return void this.counters.refused++
      // HELLO3 has as much time as after the first HELLO2.
      known.hello2Count++
      known.hello2SentAt = now
      this.#halfOpen.delete(key)
      this.#halfOpen.set(key, known)
      return { _tag: "Answer", bytes: known.hello2Bytes }
    }
    if (this.#halfOpen.size >= Limits.halfOpen) this.#displaceOldest()
    if (!this.#shares.take(sourceOf(from))) return void this.counters.refused++
    const serverId = this.#drawId()
    const reading = makeHandshake("server", new Uint8Array(0)).read(hello.message)
    if (reading === undefined) {
      this.#shares.give(sourceOf(from))
      return void this.counters.unexpected++
    }
    const local = this.#options.local()
    const { message, next } = reading.next.write(encode(local))
    const hello2Bytes = hello2(crc32, hello.clientId, serverId, message)
    const halfOpen: HalfOpen = {
      key,
      path: from,
      clientId: hello.clientId,
      serverId,
      handshake: next,
      local,
      hello2Bytes,
      createdAt: now,
      hello2Count: 1,
      hello2SentAt: now
    }
    this.#halfOpen.set(key, halfOpen)
    this.#byServerId.set(serverId, halfOpen)
    return { _tag: "Answer", bytes: hello2Bytes }
  }

  #onHello3(serverId: number, message: Uint8Array, now: number): ServerHandshakeResult | undefined {
    const halfOpen = this.#byServerId.get(serverId)
    const reading = halfOpen?.handshake.read(message)
    const peer = reading === undefined ? undefined : decode(reading.payload)
    if (halfOpen === undefined || reading === undefined || peer === undefined) return undefined
    this.#forget(halfOpen)
    const { hello2Count, clientId, local, path, createdAt } = halfOpen
    return {
      _tag: "Agreed",
      local,
      path,
      agreement: {
        localId: serverId,
        remoteId: clientId,
        peer,
        ...reading.next.finish(),
        roundTripMillis: hello2Count === 1 ? now - createdAt : undefined
      }
    }
  }

  #expire(now: number): void {
    for (const halfOpen of this.#halfOpen.values()) {
      if (now - halfOpen.hello2SentAt < Limits.halfOpenMillis) return
      this.#drop(halfOpen)
    }
  }

  /** A client that answers HELLO2 before a flood has filled all entries again still gets its session. */
  #displaceOldest(): void {
    const [oldest] = this.#halfOpen.values()
    if (oldest === undefined) return
    this.#drop(oldest)
    this.counters.displaced++
  }

  #drop(halfOpen: HalfOpen): void {
    this.#forget(halfOpen)
    this.#options.onDropped?.(halfOpen.local)
  }

  #forget({ key, path, serverId }: HalfOpen): void {
    this.#shares.give(sourceOf(path))
    this.#halfOpen.delete(key)
    this.#byServerId.delete(serverId)
  }

  #drawId(): number {
    return 1 + Math.floor(this.#options.random() * (connectionIds - 1))
  }
}
