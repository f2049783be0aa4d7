/**
 * The first steps of receiving a DATA packet (docs/PROTOCOL.md, flock §2.7): address, length, number, protection, form of the frames.
 * What fails is counted, has no other effect, and never closes the session.
 */
import { isSame } from "../SameBytes.ts"
import { canonicalHost } from "../Source.ts"
import type { ConnectionOptions } from "./ConnectionOptions.ts"
import type { Protection } from "./handshake/Protection.ts"
import type { Path } from "./path/PathValidation.ts"
import type { ReceivedPackets } from "./recovery/ReceivedPackets.ts"
import { type Frame, readAll } from "./wire/Frame.ts"
import { dataHeaderBytes, numberOf } from "./wire/Packet.ts"

/** Received packets; all but the first two count dropped ones by the reason for the drop. */
export interface PacketCounters {
  /** Packets that were accepted, and their bytes, header and tag included. */
  receivedPackets: number
  receivedBytes: number
  /** The tag was wrong. */
  damaged: number
  /** The packet number was received before, or is too old to know. */
  duplicates: number
  /** The packet was too short, or a frame was malformed. */
  malformed: number
  /** A stream had no buffer space for the bytes. */
  full: number
  /** On a client: the packet came from another address than the server's. */
  elsewhere: number
  /** On a client: a RESET without the server's token. */
  forgedResets: number
}

/** Reads the packets of one session. */
export class PacketReader {
  readonly counters: PacketCounters = {
    receivedPackets: 0,
    receivedBytes: 0,
    damaged: 0,
    duplicates: 0,
    malformed: 0,
    full: 0,
    elsewhere: 0,
    forgedResets: 0
  }
  readonly #protection: Protection
  readonly #received: ReceivedPackets
  readonly #resetToken: Uint8Array | undefined
  /** The port of a client's server; undefined on a server. */
  readonly #serverPort: number | undefined
  readonly #serverHost: string
  /** The text of the host that packets came from last, which is the server's. */
  #acceptedHost: string
  #isFreed = false

  /** A client reads packets from the address of `path` only, whatever local address they reach. */
  constructor(
    { path, protection, resetToken, role }: Pick<ConnectionOptions, "path" | "protection" | "resetToken" | "role">,
    received: ReceivedPackets
  ) {
    this.#protection = protection
    this.#received = received
    this.#resetToken = resetToken
    this.#serverPort = role === "client" ? path.port : undefined
    this.#acceptedHost = path.host
    this.#serverHost = canonicalHost(path.host)
  }

  /** Whether {@link isReset} may ever hold. */
  get isResettable(): boolean {
    return this.#resetToken !== undefined
  }

  /** Whether the keys were overwritten. */
  get isFreed(): boolean {
    return this.#isFreed
  }

  /** Overwrites the keys, once. */
  free(): void {
    if (!this.#isFreed) this.#protection.free()
    this.#isFreed = true
  }

  /** Whether a RESET with that token comes from the server; if not it is counted. */
  isReset(token: Uint8Array, from: Path): boolean {
    if (this.#resetToken === undefined || !this.isFromPeer(from)) return false
    const isGenuine = isSame(token, this.#resetToken)
    if (!isGenuine) this.counters.forgedResets++
    return isGenuine
  }

  /** Whether a packet from this address may be of the peer; if not it is counted. */
  isFromPeer({ host, port }: Path): boolean {
    if (this.#serverPort === undefined) return true
    if (port === this.#serverPort) {
      if (host === this.#acceptedHost) return true
      if (canonicalHost(host) === this.#serverHost) {
        this.#acceptedHost = host
        return true
      }
    }
    this.counters.elsewhere++
    return false
  }

  /**
   * Decrypts the packet in [start, end) in place. Returns its number, undefined when it is dropped: it is not authentic then, or it
   * was received before. Keys of the epoch before are kept for `oldKeyMillis`.
   */
  open(
    bytes: Uint8Array,
    start: number,
    end: number,
    from: Path,
    now: number,
    oldKeyMillis: number
  ): number | undefined {
    const { counters } = this
    if (this.#isFreed || !this.isFromPeer(from)) return undefined
    const framesAt = start + dataHeaderBytes
    const framesEnd = end - this.#protection.tagBytes
    if (framesEnd < framesAt) return drop(counters, "malformed")
    const packetNumber = numberOf(bytes, start, this.#received.largest + 1)
    if (!this.#received.isNew(packetNumber)) return drop(counters, "duplicates")
    if (!this.#protection.open(bytes, start, framesAt, framesEnd, packetNumber, now, oldKeyMillis)) {
      return drop(counters, "damaged")
    }
    return packetNumber
  }

  /** The frames of a packet that {@link open} has decrypted; undefined when one is malformed or of an unknown type. */
  frames(bytes: Uint8Array, start: number, end: number): ReadonlyArray<Frame> | undefined {
    const frames = readAll(bytes, start + dataHeaderBytes, end - this.#protection.tagBytes)
    return frames ?? drop(this.counters, "malformed")
  }
}

const drop = (counters: PacketCounters, reason: keyof PacketCounters): undefined => void counters[reason]++
