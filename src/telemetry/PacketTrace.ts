/**
 * Parses frames of the classic wire and packets of flock for a trace, and publishes them on the bus. It runs where
 * frames are readable: at the endpoint of the classic wire, and in a flock connection before encryption and after
 * decryption. Without a listener, nothing is parsed.
 */
import type { Address } from "../net/Address.ts"
import { format } from "../net/Address.ts"
import type { Fill } from "../net/Socket.ts"
import * as ClassicFrame from "../protocol/classic/ClassicFrame.ts"
import { crcBytes, holdsCrc, type Protection } from "../protocol/flock/handshake/Protection.ts"
import type { Frame } from "../protocol/flock/wire/Frame.ts"
import { readAll } from "../protocol/flock/wire/Frame.ts"
import { dataHeaderBytes, endOf, form, formAt, formNames, lowNumberOf } from "../protocol/flock/wire/Packet.ts"
import type { RecordProtection } from "../protocol/tcp/Records.ts"
import type { Shape as EventBus } from "./EventBus.ts"
import type { ClassicPacket, Direction, FlockPacket } from "./TransportEvents.ts"

export class PacketTrace {
  readonly #bus: EventBus
  readonly #crc32: ClassicFrame.Crc32

  constructor(bus: EventBus, crc32: ClassicFrame.Crc32) {
    this.#bus = bus
    this.#crc32 = crc32
  }

  /** Publishes a datagram of the classic wire. */
  classic(direction: Direction, peer: Address, bytes: Uint8Array): void {
    if (!this.#bus.isTraced()) return
    const read = ClassicFrame.decode(bytes)
    const frame = typeof read === "string" ? undefined : read
    const isIntact = frame !== undefined && ClassicFrame.isIntact(frame, this.#crc32)
    this.#bus.publish({ _tag: "Packet", wire: "classic", direction, peer: format(peer), frame, isIntact, bytes })
  }

  /** Wraps `fill`, and publishes the frames of the classic wire that it writes. */
  filling(peer: Address, fill: Fill): Fill {
    if (!this.#bus.isTraced()) return fill
    return (target) => {
      const length = fill(target)
      if (length > 0) this.classic("sent", peer, target.subarray(0, length))
      return length
    }
  }

  /**
   * Publishes packets of flock in [start, end) that no connection encrypts or decrypts: handshakes, packets with unknown connection
   * ids, and malformed datagrams. Each packet is one event; the bytes from the first malformed packet on are the last
   * one.
   */
  unprotected(direction: Direction, peer: Address, bytes: Uint8Array, start = 0, end = bytes.length): void {
    if (!this.#bus.isTraced()) return
    for (let at = start; at < end;) {
      const packetEnd = formAt(bytes, at) === undefined ? undefined : endOf(bytes, at, end)
      const packet = bytes.subarray(at, packetEnd ?? end)
      this.#publish(direction, peer, packetEnd === undefined ? { ...unread, bytes: packet } : this.#read(packet))
      at = packetEnd ?? end
    }
  }

  /**
   * Wraps a connection's protection, and publishes its packets: sent ones before encryption, received ones after
   * decryption. `prefix` is the handshake packet that may precede a sent packet in its datagram.
   */
  protecting(protection: Protection, peer: () => Address, prefix: Uint8Array | undefined): Protection {
    const publish = (direction: Direction, bytes: Uint8Array, start: number, framesEnd: number, isIntact: boolean) =>
      this.#publish(direction, peer(), {
        kind: "DATA",
        packetNumber: lowNumberOf(bytes, start),
        isIntact,
        frames: isIntact ? readAll(bytes, start + dataHeaderBytes, framesEnd) : undefined,
        bytes: bytes.subarray(start, framesEnd + protection.tagBytes)
      })
    return {
      ...protection,
      seal: (bytes, start, framesAt, framesEnd, packetNumber) => {
        if (this.#bus.isTraced()) {
          const prefixAt = start - (prefix?.length ?? start)
          const hasPrefix = prefixAt >= 0 && prefixAt < start && formAt(bytes, prefixAt) === form.hello3
          if (hasPrefix) this.unprotected("sent", peer(), bytes, prefixAt, start)
          publish("sent", bytes, start, framesEnd, true)
        }
        protection.seal(bytes, start, framesAt, framesEnd, packetNumber)
      },
      open: (bytes, start, framesAt, framesEnd, packetNumber, now, oldKeyMillis) => {
        const isIntact = protection.open(bytes, start, framesAt, framesEnd, packetNumber, now, oldKeyMillis)
        if (this.#bus.isTraced()) publish("received", bytes, start, framesEnd, isIntact)
        return isIntact
      }
    }
  }

  /** Wraps the protection of a session of tcp, and publishes its records: sent ones before encryption, received ones after decryption. */
  recording(protection: RecordProtection, peer: Address): RecordProtection {
    const next = { sent: 0, received: 0 }
    const publish = (direction: Direction, bytes: Uint8Array, isIntact: boolean): void => {
      const packetNumber = next[direction]++ >>> 0
      if (!this.#bus.isTraced()) return
      const frames = isIntact ? readAll(bytes, 0, bytes.length) : undefined
      const packet = { kind: "DATA", packetNumber, isIntact, frames, bytes } as const
      this.#bus.publish({ _tag: "Packet", wire: "tcp", direction, peer: format(peer), ...packet })
    }
    return {
      ...protection,
      seal: (plaintext) => {
        publish("sent", plaintext, true)
        return protection.seal(plaintext)
      },
      open: (record) => {
        const plaintext = protection.open(record)
        publish("received", plaintext ?? record, plaintext !== undefined)
        return plaintext
      }
    }
  }

  #publish(direction: Direction, peer: Address, packet: Reading): void {
    this.#bus.publish({ _tag: "Packet", wire: "flock", direction, peer: format(peer), ...packet })
  }

  #read(bytes: Uint8Array): Reading {
    const framesEnd = bytes.length - crcBytes
    const packetForm = formAt(bytes, 0)
    const kind = packetForm === undefined ? undefined : formNames[packetForm]
    // RESET has no CRC: whether its token is right is known to one session only.
    const isIntact = packetForm === form.reset || holdsCrc(this.#crc32, bytes, 0, framesEnd)
    if (kind !== "DATA") return { ...unread, kind, isIntact, bytes }
    if (framesEnd < dataHeaderBytes) return { ...unread, kind, bytes }
    const frames: ReadonlyArray<Frame> | undefined = isIntact ? readAll(bytes, dataHeaderBytes, framesEnd) : undefined
    return { kind, packetNumber: lowNumberOf(bytes, 0), isIntact, frames, bytes }
  }
}

type Reading = Omit<FlockPacket, "_tag" | "wire" | "direction" | "peer">

const unread = { kind: undefined, packetNumber: undefined, isIntact: false, frames: undefined }

/** Bytes of the tags of the protections: a CRC, and a tag of AES-GCM. */
const tagLengths: ReadonlyArray<number> = [crcBytes, 16]

/**
 * Whether a packet only keeps a connection alive or ends it: KPA, its answers and FIN; on flock, PING alone without
 * PADDING.
 */
export const isKeepAlive = (packet: ClassicPacket | FlockPacket): boolean => {
  if (packet.wire === "classic") return packet.frame !== undefined && ClassicFrame.isOfConnection(packet.frame)
  const { bytes, frames = [], wire } = packet
  const arePings = frames.length > 0 && frames.every(({ _tag }) => _tag === "Ping")
  return wire === "tcp" ? arePings : arePings &&
    tagLengths.includes(bytes.length - dataHeaderBytes - frames.length)
}
