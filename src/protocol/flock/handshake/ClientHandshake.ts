/**
 * A client's handshake (docs/PROTOCOL.md, flock §3.1): retransmits HELLO until HELLO2 arrives, and returns the {@link Agreement}
 * from which the caller creates a Connection. Whatever is not authentic changes nothing. Times are milliseconds.
 */
import { form } from "../wire/Packet.ts"
import type { TransportParameters } from "../wire/TransportParameters.ts"
import type { Handshake, MakeHandshake, Secured } from "./Handshake.ts"
import * as HandshakeLimits from "./HandshakeLimits.ts"
import {
  type HandshakePacket,
  hello,
  hello3,
  type Offer,
  prologueOf,
  read,
  requestOf,
  version
} from "./HandshakePacket.ts"
import { decodeServer, encodeClient, type ServerPayload } from "./HandshakePayload.ts"
import type { Crc32, ProtectionName } from "./Protection.ts"

/** The result of a handshake on one side. */
export interface Agreement extends Secured {
  /** Connection ids in packets to us, and in packets to the peer. */
  readonly localId: number
  readonly remoteId: number
  /** The peer's transport parameters. */
  readonly peer: TransportParameters
  /** Milliseconds; undefined when a retransmission makes the measurement ambiguous (docs/PROTOCOL.md, flock §3.2). */
  readonly roundTripMillis: number | undefined
}

/** The result on the client. */
export interface ClientAgreement extends Agreement {
  /** HELLO3. */
  readonly prefix: Uint8Array
  readonly resetToken: Uint8Array
  /** The key that will replace the server's, if one is planned. */
  readonly nextKey: Uint8Array | undefined
}

/** The outcome of a client's handshake. */
export type ClientHandshakeResult =
  | { readonly _tag: "Agreed"; readonly agreement: ClientAgreement }
  /** The server supports other versions or protections only. It is not authentic. */
  | { readonly _tag: "OtherVersion"; readonly offers: ReadonlyArray<Offer> }
  /** The server has this key, and somebody has to decide whether to trust it. The server has got no HELLO3. */
  | { readonly _tag: "UnknownKey"; readonly key: Uint8Array }

export interface ClientHandshakeOptions {
  readonly crc32: Crc32
  readonly makeHandshake: MakeHandshake
  readonly protection: ProtectionName
  /** The gate of a request and a first message (docs/PROTOCOL.md, flock §3.3); undefined without a shared key. */
  readonly gate?: ((request: Uint8Array, message: Uint8Array) => Uint8Array) | undefined
  /**
   * Decides about the server's key, which is undefined without keys: `Ask` ends the attempt with `UnknownKey`, and with `Refuse`
   * the client waits for another HELLO2.
   */
  readonly judge: (key: Uint8Array | undefined) => "Accept" | "Ask" | "Refuse"
  /** Whether our key is one that we keep. */
  readonly isIdentity: boolean
  /** The client's connection id: random, below 2⁵³, not 0. */
  readonly clientId: number
  readonly local: TransportParameters
}

/** One attempt to open a session. Its first message is written once: a second one would have other keys. */
export class ClientHandshake {
  readonly #options: ClientHandshakeOptions
  readonly #request: Uint8Array
  readonly #message: Uint8Array
  readonly #gate: Uint8Array | undefined
  readonly #handshake: Handshake
  #hello: Uint8Array
  #firstSentAt = 0
  /** HELLOs that were sent without a token, and with the current one. */
  #plainHellos = 0
  #tokenHellos = 0
  #hasToken = false
  #retries = 0
  #reads = 0
  #deadline = -Infinity
  #otherKey: Uint8Array | undefined
  #otherKeyAt = Infinity

  constructor(options: ClientHandshakeOptions) {
    this.#options = options
    this.#request = requestOf(options.clientId, options.protection)
    const { message, next } = options.makeHandshake("client", prologueOf(this.#request)).write(emptyBytes)
    this.#message = message
    this.#gate = options.gate?.(this.#request, message)
    this.#handshake = next
    this.#hello = this.#helloWith(emptyBytes)
  }

  /** When {@link pollTransmit} is due. */
  get deadline(): number {
    return Math.min(this.#deadline, this.#otherKeyAt + HandshakeLimits.otherKeyMillis)
  }

  /**
   * The key of a server that has another one than expected; undefined before the expected one has had time to arrive: HELLO2 may be
   * forged by a host that has seen HELLO.
   */
  otherKey(now: number): Uint8Array | undefined {
    return now < this.#otherKeyAt + HandshakeLimits.otherKeyMillis ? undefined : this.#otherKey
  }

  /** HELLO when it is due, else undefined. Intervals double up to `HandshakeLimits.maxHelloMillis`. */
  pollTransmit(now: number): Uint8Array | undefined {
    if (now < this.#deadline) return undefined
    if (this.#hasToken && this.#tokenHellos >= HandshakeLimits.hellosPerToken) {
      this.#hasToken = false
      this.#hello = this.#helloWith(emptyBytes)
    }
    const sentBefore = this.#hasToken ? this.#tokenHellos : this.#plainHellos
    if (sentBefore === 0) this.#firstSentAt = now
    this.#deadline = now + Math.min(HandshakeLimits.helloMillis * 2 ** sentBefore, HandshakeLimits.maxHelloMillis)
    if (this.#hasToken) this.#tokenHellos++
    else this.#plainHellos++
    return this.#hello
  }

  /** Receives the packet in [start, end) of `bytes`. Undefined when it ends nothing: it is dropped, or was a RETRY. */
  handlePacket(bytes: Uint8Array, start: number, end: number, now: number): ClientHandshakeResult | undefined {
    const packet = read(this.#options.crc32, bytes, start, end)
    if (packet === undefined || !("clientId" in packet) || packet.clientId !== this.#options.clientId) return undefined
    switch (packet.form) {
      case form.retry:
        return void this.#onRetry(packet.token)
      case form.version:
        return this.#isOffered(packet.offers) ? undefined : { _tag: "OtherVersion", offers: packet.offers }
      case form.hello2:
        return this.#onHello2(packet, now)
      case form.hello:
        return undefined
    }
  }

  /** The server wants a proof that we receive: HELLO is sent again at once, with the token. */
  #onRetry(token: Uint8Array): void {
    if (this.#hasToken || this.#retries >= HandshakeLimits.retries) return
    this.#retries++
    this.#hasToken = true
    this.#tokenHellos = 0
    this.#hello = this.#helloWith(token)
    this.#deadline = -Infinity
  }

  /** A VERSION that offers what we have requested is not valid: the server would have accepted HELLO (RFC 9000 §6.2). */
  #isOffered(offers: ReadonlyArray<Offer>): boolean {
    return offers.some((offer) => offer.version === version && offer.protections.includes(this.#options.protection))
  }

  #onHello2(
    packet: HandshakePacket & { form: typeof form.hello2 },
    now: number
  ): ClientHandshakeResult | undefined {
    if (this.#reads >= HandshakeLimits.hello2Reads) return undefined
    this.#reads++
    const reading = this.#handshake.read(packet.message)
    if (reading === undefined) return undefined
    const payload = decodeServer(reading.payload)
    const isGenuine = payload?.serverId === packet.serverId && payload.versions.includes(version)
    const key = reading.next.peerKey
    const verdict = isGenuine ? this.#options.judge(key) : undefined
    if (isGenuine && verdict === "Accept") {
      return { _tag: "Agreed", agreement: this.#agreementOf(reading.next, payload, now) }
    }
    reading.next.free()
    switch (verdict) {
      case "Ask":
        return key === undefined ? undefined : { _tag: "UnknownKey", key }
      case "Refuse":
        if (this.#otherKey === undefined) this.#otherKeyAt = now
        this.#otherKey ??= key
        return undefined
    }
  }

  #agreementOf(handshake: Handshake, server: ServerPayload, now: number): ClientAgreement {
    const { clientId, crc32, isIdentity, local } = this.#options
    const { message, next } = handshake.write(encodeClient({ isIdentity, parameters: local }))
    // The only HELLO, or the only one with a token after the only one without.
    const isSample = this.#plainHellos === 1 && this.#tokenHellos === (this.#hasToken ? 1 : 0)
    return {
      ...next.finish(),
      localId: clientId,
      remoteId: server.serverId,
      peer: server.parameters,
      prefix: hello3(crc32, server.serverId, message),
      resetToken: server.resetToken,
      nextKey: server.nextKey,
      roundTripMillis: isSample ? now - this.#firstSentAt : undefined
    }
  }

  #helloWith(token: Uint8Array): Uint8Array {
    return hello(this.#options.crc32, this.#request, this.#message, this.#gate, token)
  }
}

const emptyBytes = new Uint8Array(0)
