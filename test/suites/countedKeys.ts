/** Encryption of packets that counts its keys, and notes what they were used for. */
import { cipherObjects } from "../../src/node/security/CipherObjects.ts"
import type { PacketKey } from "../../src/security/Aead.ts"
import { toHex } from "../protocol/flock/frames.ts"

/** The service Aead with the keys that are not freed, in hexadecimal. */
export class CountedKeys {
  readonly live = new Map<PacketKey, string>()
  made = 0
  /** Each key and number that was sealed. */
  readonly sealed: Array<string> = []

  readonly packetKey = (bytes: Uint8Array): PacketKey => {
    const name = toHex(bytes)
    const key = cipherObjects(bytes)
    const counted: PacketKey = {
      open: key.open,
      seal: (packet, start, framesAt, framesEnd, number) => {
        this.sealed.push(`${name} ${number}`)
        key.seal(packet, start, framesAt, framesEnd, number)
      },
      free: () => {
        this.live.delete(counted)
        key.free()
      }
    }
    this.made++
    this.live.set(counted, name)
    return counted
  }

  get names(): ReadonlyArray<string> {
    return [...this.live.values()]
  }
}
