/**
 * A client's handshake (docs/PROTOCOL.md, flock §3.1): retransmits HELLO until HELLO2 arrives, and returns the {@link Agreement}
 * from which the caller creates a Connection. Times are milliseconds.
 */
import * as Limits from "../../ProtocolLimits.ts"
import { form } from "../wire/Packet.ts"
import { decode, encode, type TransportParameters } from "../wire/TransportParameters.ts"
import type { Handshake, MakeHandshake } from "./Handshake.ts"
import { hello, hello3, read, version } from "./HandshakePacket.ts"
import type { Crc32, Protection, ProtectionName } from "./Protection.ts"

/** The result of a handshake on one side. */
export interface Agreement {
  /** Connection ids in packets to us, and in packets to the peer. */
  readonly localId: number
  readonly remoteId: number
  /** The peer's transport parameters. */
  readonly peer: TransportParameters
  readonly protection: Protection
  readonly peerKey: Uint8Array | undefined
  readonly channelBinding: Uint8Array
  /** HELLO3; on the client only. */
  readonly prefix?: Uint8Array
  /** Milliseconds; undefined when a retransmission makes the measurement ambiguous (docs/PROTOCOL.md, flock §3.2). */
  readonly roundTripMillis: number | undefined
}

/** The outcome of a client's handshake. */
export type ClientHandshakeResult =
  | { readonly _tag: "Agreed"; readonly agreement: Agreement }
  /** The server supports only other versions. */
  | { readonly _tag: "OtherVersion"; readonly versions: ReadonlyArray<number> }

export interface ClientHandshakeOptions {
  readonly crc32: Crc32
  readonly makeHandshake: MakeHandshake
  readonly protection: ProtectionName
  /** The client's connection id: random, below 2⁵³, not 0. */
  readonly clientId: number
  readonly local: TransportParameters
}

/** One attempt to open a session. */
export class ClientHandshake {
  readonly #options: ClientHandshakeOptions
  readonly #hello: Uint8Array
  readonly #handshake: Handshake
  #firstSentAt = 0
  #sentHellos = 0
  #deadline = -Infinity

  constructor(options: ClientHandshakeOptions) {
    this.#options = options
    const { clientId, crc32, protection } = options
    const first = options.makeHandshake("client", emptyBytes).write(emptyBytes)
    this.#handshake = first.next
    // The first message is not bound to a session: the server chooses its id after it has received this message.
    this.#hello = hello(crc32, clientId, protection, first.message)
  }

  /** When the next HELLO is due. */
  get deadline(): number {
    return this.#deadline
  }

  /** HELLO when it is due, else undefined. Intervals double up to `Limits.maxHelloMillis`. */
  pollTransmit(now: number): Uint8Array | undefined {
    if (now < this.#deadline) return undefined
    if (this.#sentHellos === 0) this.#firstSentAt = now
    this.#deadline = now + Math.min(Limits.helloMillis * 2 ** this.#sentHellos, Limits.maxHelloMillis)
    this.#sentHellos++
    return this.#hello
  }

  /** Receives the packet in [start, end) of `bytes`. Undefined when it is not the response to this handshake: then it is dropped. */
  handlePacket(bytes: Uint8Array, start: number, end: number, now: number): ClientHandshakeResult | undefined {
    const { clientId, crc32, local } = this.#options
    const packet = read(crc32, bytes, start, end)
    if (packet?.form === form.version && packet.clientId === clientId) {
      // A VERSION that lists our version is not valid: the server would have accepted HELLO (RFC 9000 §6.2).
      return packet.versions.includes(version) ? undefined : { _tag: "OtherVersion", versions: packet.versions }
    }
    if (packet?.form !== form.hello2 || packet.clientId !== clientId) return undefined
    const reading = this.#handshake.read(packet.message)
    const peer = reading === undefined ? undefined : decode(reading.payload)
    if (reading === undefined || peer === undefined) return undefined
    const { message, next } = reading.next.write(encode(local))
    return {
      _tag: "Agreed",
      agreement: {
        localId: clientId,
        remoteId: packet.serverId,
        peer,
        prefix: hello3(crc32, packet.serverId, message),
        ...next.finish(),
        roundTripMillis: this.#sentHellos === 1 ? now - this.#firstSentAt : undefined
      }
    }
  }
}

const emptyBytes = new Uint8Array(0)
