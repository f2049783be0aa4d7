/**
 * A client's handshake: HELLO until HELLO2 comes. It makes no session: it tells what one is made of.
 */
import * as Limits from "../../ProtocolLimits.ts"
import { form } from "../wire/Packet.ts"
import { decode, encode, type TransportParameters } from "../wire/TransportParameters.ts"
import type { MakeHandshake } from "./Handshake.ts"
import { hello, hello3, read, version } from "./HandshakePacket.ts"
import type { Crc32, Protection, ProtectionName } from "./Protection.ts"

/** What both sides have agreed on. */
export interface Agreement {
  readonly localId: number
  readonly remoteId: number
  readonly peer: TransportParameters
  readonly protection: Protection
  /** HELLO3; the client's only. */
  readonly prefix?: Uint8Array
  /** Milliseconds; undefined when a repeat makes it doubtful. */
  readonly roundTripMillis: number | undefined
}

export type Answer =
  | { readonly type: "Agreed"; readonly agreement: Agreement }
  /** The server speaks other versions only. */
  | { readonly type: "OtherVersion"; readonly versions: ReadonlyArray<number> }

export interface ClientHandshakeOptions {
  readonly crc32: Crc32
  readonly makeHandshake: MakeHandshake
  readonly protection: ProtectionName
  /** Random, below 2⁵³, not 0. */
  readonly clientId: number
  readonly local: TransportParameters
}

export class ClientHandshake {
  readonly #options: ClientHandshakeOptions
  readonly #hello: Uint8Array
  #firstSentAt = 0
  #sent = 0
  #deadline = -Infinity

  constructor(options: ClientHandshakeOptions) {
    this.#options = options
    const { clientId, crc32, protection } = options
    // The first message is bound to no session yet: the server chooses its id when it has seen this one.
    this.#hello = hello(crc32, clientId, protection, options.makeHandshake("client", clientId, 0).write(nothing))
  }

  /** When HELLO is due, again, in milliseconds. */
  get deadline(): number {
    return this.#deadline
  }

  /** HELLO, when it is due. */
  pollTransmit(now: number): Uint8Array | undefined {
    if (now < this.#deadline) return undefined
    if (this.#sent === 0) this.#firstSentAt = now
    this.#deadline = now + Math.min(Limits.helloMillis * 2 ** this.#sent, Limits.maxHelloMillis)
    this.#sent++
    return this.#hello
  }

  /** What came while the session is not open yet. Undefined when it answers nothing. */
  handlePacket(bytes: Uint8Array, start: number, end: number, now: number): Answer | undefined {
    const { clientId, crc32, local, makeHandshake } = this.#options
    const packet = read(crc32, bytes, start, end)
    if (packet?.form === form.version && packet.clientId === clientId) {
      // A server that speaks ours does not say that (RFC 9000 §6.2).
      return packet.versions.includes(version) ? undefined : { type: "OtherVersion", versions: packet.versions }
    }
    if (packet?.form !== form.hello2 || packet.clientId !== clientId) return undefined
    const handshake = makeHandshake("client", clientId, packet.serverId)
    const payload = handshake.read(packet.message)
    const peer = payload === undefined ? undefined : decode(payload)
    if (peer === undefined) return undefined
    return {
      type: "Agreed",
      agreement: {
        localId: clientId,
        remoteId: packet.serverId,
        peer,
        prefix: hello3(crc32, packet.serverId, handshake.write(encode(local))),
        protection: handshake.protection(),
        roundTripMillis: this.#sent === 1 ? now - this.#firstSentAt : undefined
      }
    }
  }
}

const nothing = new Uint8Array(0)
