/**
 * The packets that honest hosts have sent, as bytes: whatever else arrives is not authentic. It also has the datagrams in clear, for
 * the checks of what they contain, and for traces.
 */
import type { Hello } from "../../../src/protocol/flock/handshake/HandshakePacket.ts"
import type { Protection } from "../../../src/protocol/flock/handshake/Protection.ts"
import { form, formAt } from "../../../src/protocol/flock/wire/Packet.ts"
import { Violation } from "../Ledger.ts"
import { packetsOf } from "./Network.ts"

export class Genuine {
  readonly #packets = new Set<string>()
  readonly #clear = new WeakMap<Uint8Array, Uint8Array>()

  /** A client has sent HELLO with this request and message. */
  addHello({ gate, message, request }: Hello): void {
    this.#packets.add(textOf(Uint8Array.of(...request, ...gate, ...message)))
  }

  hasHello({ gate, message, request }: Hello): boolean {
    return this.#packets.has(textOf(Uint8Array.of(...request, ...gate, ...message)))
  }

  add(packet: Uint8Array): void {
    this.#packets.add(textOf(packet))
  }

  has(packet: Uint8Array): boolean {
    return this.#packets.has(textOf(packet))
  }

  addDatagram(datagram: Uint8Array, clear: Uint8Array): void {
    for (const [start, end] of packetsOf(datagram)) this.add(datagram.subarray(start, end))
    this.#clear.set(datagram, clear)
  }

  /** The datagram in clear, with zeros in place of tags; the datagram itself when it was not encrypted. */
  clearOf(datagram: Uint8Array): Uint8Array {
    return this.#clear.get(datagram) ?? datagram
  }
}

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1")

/** Receives each packet of one end in clear: its bytes, the end of its frames, and its number. */
export type OnSealed = (packet: Uint8Array, framesEnd: number, packetNumber: number) => void

/** Stands between one end and its protection, and remembers what is encrypted. */
export class Tap {
  readonly protection: Protection
  readonly #genuine: Genuine
  #sealed: Array<Uint8Array> = []

  constructor(genuine: Genuine, protection: Protection, onSealed: OnSealed) {
    this.#genuine = genuine
    this.protection = {
      ...protection,
      seal: (bytes, start, framesAt, framesEnd, packetNumber) => {
        const clear = bytes.slice(start, framesEnd + protection.tagBytes).fill(0, framesEnd - start)
        onSealed(clear, framesEnd - start, packetNumber)
        this.#sealed.push(clear)
        protection.seal(bytes, start, framesAt, framesEnd, packetNumber)
      }
    }
  }

  /** The end sends this datagram, whose packets were encrypted in this order. */
  onSent(datagram: Uint8Array): void {
    const clear = datagram.slice()
    let length = 0
    for (const [start, end] of packetsOf(datagram)) {
      length = end
      if (formAt(datagram, start) !== form.data) continue
      const sealed = this.#sealed.shift()
      if (sealed?.length !== end - start) throw new Violation("sent packets are well-formed", "a length is wrong")
      clear.set(sealed, start)
    }
    if (length !== datagram.length) throw new Violation("sent packets are well-formed", "a packet has no end")
    this.#genuine.addDatagram(datagram, clear)
  }
}
