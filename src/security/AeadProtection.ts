/**
 * Protection of packets by AES-256-GCM, with a new key for each epoch (docs/PROTOCOL.md, flock §2.5). The epoch of a packet is its
 * number divided by the packets of an epoch, rounded down; each direction has its own keys. Pure: encryption is a parameter.
 */
import type { Protection } from "../protocol/flock/handshake/Protection.ts"
import type * as Aead from "./Aead.ts"
import { aeadTagBytes } from "./Aead.ts"
import * as Limits from "./AeadLimits.ts"
import type * as Crypto from "./Crypto.ts"
import { rekeyNonce } from "./Crypto.ts"

export interface Options {
  readonly name: "aead" | "aead-psk"
  readonly aead: Pick<Aead.Shape, "packetKey">
  readonly encrypt: Crypto.Shape["encrypt"]
  /** The key of the first epoch for packets that this side sends: 32 bytes, copied. The caller overwrites its array. */
  readonly sealKey: Uint8Array
  /** The same for packets that the peer sends. */
  readonly openKey: Uint8Array
  /** Packets of an epoch. A packet of each epoch must arrive: more than are ever in flight. For tests. */
  readonly epochPackets?: number | undefined
}

/**
 * `seal` throws a RangeError for a number that is not larger than the last one, because no key may have one number twice (NIST SP
 * 800-38D §8). `open` keeps no numbers: the caller drops the packets that it has received before.
 */
export const aeadProtection = (options: Options): Protection => {
  const epochPackets = options.epochPackets ?? Limits.epochPackets
  const sealing = new SealKeys(new EpochKey(options.aead, options.encrypt, options.sealKey))
  const opening = new OpenKeys(new EpochKey(options.aead, options.encrypt, options.openKey))
  const epochOf = (packetNumber: number): number => Math.floor(packetNumber / epochPackets)
  return {
    name: options.name,
    tagBytes: aeadTagBytes,
    seal: (bytes, start, framesAt, framesEnd, packetNumber) => {
      sealing.of(packetNumber, epochOf(packetNumber)).seal(bytes, start, framesAt, framesEnd, packetNumber)
    },
    open: (bytes, start, framesAt, framesEnd, packetNumber, now, oldKeyMillis) => {
      const epoch = epochOf(packetNumber)
      const key = opening.of(epoch, now)
      if (key === undefined || !key.open(bytes, start, framesAt, framesEnd, packetNumber)) return false
      opening.onAuthentic(epoch, now + oldKeyMillis)
      return true
    },
    free: () => {
      sealing.free()
      opening.free()
    }
  }
}

/** The next key: REKEY (Noise §4.2), the first 32 bytes of the encryption of 32 zeros under the largest nonce. */
export const rekey = (encrypt: Crypto.Shape["encrypt"], key: Uint8Array): Uint8Array => {
  const text = encrypt(key, rekeyNonce, new Uint8Array(0), new Uint8Array(key.length))
  const next = text.slice(0, key.length)
  text.fill(0)
  return next
}

/** The key of one epoch, and the secret of the next epoch's key until that is made. */
class EpochKey {
  readonly #aead: Options["aead"]
  readonly #encrypt: Options["encrypt"]
  /** In a buffer of its own: the garbage collector moves small arrays, and leaves their bytes behind. */
  readonly #secret: Uint8Array
  readonly packets: Aead.PacketKey
  #hasNext = false

  constructor(aead: Options["aead"], encrypt: Options["encrypt"], secret: Uint8Array) {
    this.#aead = aead
    this.#encrypt = encrypt
    this.packets = aead.packetKey(secret)
    this.#secret = new Uint8Array(new ArrayBuffer(secret.length))
    this.#secret.set(secret)
  }

  /** Makes the key of the next epoch, once. Packets of this epoch can still be sealed and opened. */
  next(): EpochKey {
    if (this.#hasNext) throw new Error("the key of the next epoch was made before")
    const secret = rekey(this.#encrypt, this.#secret)
    const next = new EpochKey(this.#aead, this.#encrypt, secret)
    this.#hasNext = true
    secret.fill(0)
    this.#secret.fill(0)
    return next
  }

  free(): void {
    this.#hasNext = true
    this.#secret.fill(0)
    this.packets.free()
  }
}

class SealKeys {
  #key: EpochKey
  #epoch = 0
  #last = -1
  #isFreed = false

  constructor(key: EpochKey) {
    this.#key = key
  }

  of(packetNumber: number, epoch: number): Aead.PacketKey {
    if (this.#isFreed) throw new Error("the keys of this session were overwritten")
    if (!(packetNumber > this.#last)) {
      throw new RangeError(`packet number ${packetNumber} is not larger than the last one, ${this.#last}`)
    }
    // The number counts as used even if the encryption fails.
    this.#last = packetNumber
    for (; this.#epoch < epoch; this.#epoch++) {
      const next = this.#key.next()
      this.#key.free()
      this.#key = next
    }
    return this.#key.packets
  }

  free(): void {
    this.#isFreed = true
    this.#key.free()
  }
}

class OpenKeys {
  /** The epoch of the newest authentic packet, its key, the key after it, and the key before it while it is valid. */
  #epoch = 0
  #key: EpochKey
  #next: EpochKey
  #old: EpochKey | undefined
  #oldUntil = Infinity
  #isFreed = false

  constructor(key: EpochKey) {
    this.#key = key
    this.#next = key.next()
  }

  /** The key of an epoch; undefined when there is none: then the packet is dropped unread. */
  of(epoch: number, now: number): Aead.PacketKey | undefined {
    if (this.#isFreed) return undefined
    if (now >= this.#oldUntil) this.#dropOld()
    if (epoch === this.#epoch) return this.#key.packets
    if (epoch === this.#epoch + 1) return this.#next.packets
    return epoch === this.#epoch - 1 ? this.#old?.packets : undefined
  }

  /** A packet of this epoch was authentic. If it is the first one, the key before is valid until `oldUntil`. */
  onAuthentic(epoch: number, oldUntil: number): void {
    if (epoch <= this.#epoch) return
    const next = this.#next.next()
    this.#dropOld()
    this.#old = this.#key
    this.#oldUntil = oldUntil
    this.#key = this.#next
    this.#next = next
    this.#epoch = epoch
  }

  free(): void {
    this.#isFreed = true
    this.#dropOld()
    this.#key.free()
    this.#next.free()
  }

  #dropOld(): void {
    this.#old?.free()
    this.#old = undefined
    this.#oldUntil = Infinity
  }
}
