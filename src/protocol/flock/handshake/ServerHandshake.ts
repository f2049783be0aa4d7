/**
 * A server's handshakes: HELLO is answered with HELLO2, and HELLO3 brings a session. A stranger costs a small, bounded entry for
 * a few seconds, and gets back no more bytes than it sent.
 */
import * as Limits from "../../ProtocolLimits.ts"
import type { Path } from "../path/PathValidation.ts"
import { connectionIds, form } from "../wire/Packet.ts"
import { decode, encode, type TransportParameters } from "../wire/TransportParameters.ts"
import type { Agreement } from "./ClientHandshake.ts"
import type { Handshake, MakeHandshake } from "./Handshake.ts"
import { type HandshakePacket, hello2, version, versions } from "./HandshakePacket.ts"
import type { Crc32, ProtectionName } from "./Protection.ts"

interface HalfOpen {
  readonly key: string
  /** Where HELLO came from: HELLO3 proves that HELLO2 got there. */
  readonly path: Path
  readonly clientId: number
  readonly serverId: number
  readonly handshake: Handshake
  readonly answer: Uint8Array
  readonly since: number
  /** How often HELLO2 went, and when it did last. */
  answers: number
  answeredAt: number
}

export interface ServerHandshakeOptions {
  readonly crc32: Crc32
  readonly makeHandshake: MakeHandshake
  readonly protection: ProtectionName
  /** Read for every HELLO that is answered. */
  readonly local: TransportParameters
  /** From 0 up to but not including 1; not to be guessed. */
  readonly random: () => number
}

export interface ServerHandshakeCounters {
  /** Answered with VERSION. */
  otherVersions: number
  /** Asked for a protection that this server does not offer. */
  otherProtections: number
  /** Not answered, because too many handshakes were under way. */
  refused: number
}

/** Send this to whom the packet came from, or here is a session. */
export type Reaction =
  | { readonly type: "Answer"; readonly bytes: Uint8Array }
  /** The session's path is where HELLO came from, whoever sends HELLO3 on. */
  | { readonly type: "Agreed"; readonly agreement: Agreement; readonly path: Path }

export class ServerHandshake {
  readonly counters: ServerHandshakeCounters = { otherVersions: 0, otherProtections: 0, refused: 0 }
  readonly #options: ServerHandshakeOptions
  /** In the order in which they were answered last. */
  readonly #halfOpen = new Map<string, HalfOpen>()
  readonly #byServerId = new Map<number, HalfOpen>()

  constructor(options: ServerHandshakeOptions) {
    this.#options = options
  }

  /** How many handshakes are under way. */
  get count(): number {
    return this.#halfOpen.size
  }

  handlePacket(packet: HandshakePacket, from: Path, now: number): Reaction | undefined {
    this.#expire(now)
    if (packet.form === form.hello) return this.#onHello(packet, from, now)
    return packet.form === form.hello3 ? this.#onHello3(packet.serverId, packet.message, now) : undefined
  }

  #onHello(hello: HandshakePacket & { form: typeof form.hello }, from: Path, now: number): Reaction | undefined {
    const { crc32, makeHandshake, protection } = this.#options
    if (hello.version !== version) {
      this.counters.otherVersions++
      return { type: "Answer", bytes: versions(crc32, hello.clientId) }
    }
    if (hello.protection !== protection) return void this.counters.otherProtections++
    const key = `${from.host} ${from.port} ${hello.clientId}`
    const known = this.#halfOpen.get(key)
    if (known !== undefined) {
      // The answer to it has as much time as the first one had.
      known.answers++
      known.answeredAt = now
      this.#halfOpen.delete(key)
      this.#halfOpen.set(key, known)
      return { type: "Answer", bytes: known.answer }
    }
    if (this.#halfOpen.size >= Limits.halfOpen) return void this.counters.refused++
    const serverId = this.#drawId()
    const handshake = makeHandshake("server", hello.clientId, serverId)
    if (handshake.read(hello.message) === undefined) return undefined
    const answer = hello2(crc32, hello.clientId, serverId, handshake.write(encode(this.#options.local)))
    const halfOpen = {
      key,
      path: from,
      clientId: hello.clientId,
      serverId,
      handshake,
      answer,
      since: now,
      answers: 1,
      answeredAt: now
    }
    this.#halfOpen.set(key, halfOpen)
    this.#byServerId.set(serverId, halfOpen)
    return { type: "Answer", bytes: answer }
  }

  #onHello3(serverId: number, message: Uint8Array, now: number): Reaction | undefined {
    const halfOpen = this.#byServerId.get(serverId)
    const payload = halfOpen?.handshake.read(message)
    const peer = payload === undefined ? undefined : decode(payload)
    if (halfOpen === undefined || peer === undefined) return undefined
    this.#forget(halfOpen)
    const { answers, clientId, handshake, path, since } = halfOpen
    return {
      type: "Agreed",
      path,
      agreement: {
        localId: serverId,
        remoteId: clientId,
        peer,
        protection: handshake.protection(),
        roundTripMillis: answers === 1 ? now - since : undefined
      }
    }
  }

  #expire(now: number): void {
    for (const halfOpen of this.#halfOpen.values()) {
      if (now - halfOpen.answeredAt < Limits.halfOpenMillis) return
      this.#forget(halfOpen)
    }
  }

  #forget({ key, serverId }: HalfOpen): void {
    this.#halfOpen.delete(key)
    this.#byServerId.delete(serverId)
  }

  #drawId(): number {
    return 1 + Math.floor(this.#options.random() * (connectionIds - 1))
  }
}
