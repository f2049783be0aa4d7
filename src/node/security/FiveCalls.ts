/**
 * AES-256-GCM by OpenSSL in five calls for a packet, as its manual describes (EVP_EncryptInit, "GCM and OCB modes"): nonce,
 * associated data, text, end, tag. For an OpenSSL without the mode that `TwoCalls` uses.
 */
import type { PacketKey } from "../../security/Aead.ts"
import { aeadTagBytes } from "../../security/Aead.ts"
import type { Evp } from "./Evp.ts"
import { command, direction, scratchAt } from "./Evp.ts"
import { associatedBytes, checkBounds, freed, writeAssociated, writeNonceAt } from "./PacketParameters.ts"

export const fiveCalls = (evp: Evp): (key: Uint8Array) => PacketKey => {
  // Buffers of packets to send and of received packets alternate.
  const addressToSeal = evp.addresses()
  const addressToOpen = evp.addresses()
  return (key) => {
    let context = evp.context(key)

    const run = (
      isSealing: boolean,
      bytes: Uint8Array,
      start: number,
      framesAt: number,
      framesEnd: number,
      packetNumber: number
    ): boolean => {
      checkBounds(bytes, start, framesAt, framesEnd, packetNumber)
      if (context === 0) throw freed()
      const address = isSealing ? addressToSeal(bytes) : addressToOpen(bytes)
      const frames = address + framesAt
      const tag = address + framesEnd
      const framesBytes = framesEnd - framesAt
      writeNonceAt(evp.scratch, scratchAt.nonce, packetNumber)
      writeAssociated(evp.scratch, scratchAt.associated, bytes, start, framesBytes)
      const nonce = evp.scratchAddress + scratchAt.nonce
      const associated = evp.scratchAddress + scratchAt.associated
      const isDone = evp.restart(context, nonce, isSealing ? direction.seal : direction.open) === 1 &&
        evp.update(context, 0, associated, associatedBytes) === 1 &&
        (framesBytes === 0 || evp.update(context, frames, frames, framesBytes) === 1) &&
        (isSealing || evp.control(context, command.setTag, aeadTagBytes, tag) === 1) &&
        evp.finish(context, tag) === 1 &&
        (!isSealing || evp.control(context, command.getTag, aeadTagBytes, tag) === 1)
      if (!isDone) {
        evp.clearErrors()
        // What OpenSSL has decrypted is not authentic.
        bytes.fill(0, framesAt, framesEnd)
      }
      return isDone
    }

    return {
      seal: (bytes, start, framesAt, framesEnd, packetNumber) => {
        const isSealed = run(true, bytes, start, framesAt, framesEnd, packetNumber)
        if (!isSealed) throw new Error("OpenSSL does not encrypt")
      },
      open: (bytes, start, framesAt, framesEnd, packetNumber) =>
        run(false, bytes, start, framesAt, framesEnd, packetNumber),
      free: () => {
        if (context !== 0) evp.free(context)
        context = 0
      }
    }
  }
}
