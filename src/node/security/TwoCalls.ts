/**
 * AES-256-GCM by OpenSSL in two calls for a packet: its mode for records of TLS 1.2 (RFC 5288 §3) takes 13 bytes of associated
 * data, whose last two are a length, and a text in place, with 8 bytes of the nonce before it and the tag behind it. During the
 * calls the end of the packet's header gives its place to these bytes.
 */
import { readUint32, writeUint32 } from "../../protocol/flock/wire/Packet.ts"
import type { PacketKey } from "../../security/Aead.ts"
import { aeadTagBytes } from "../../security/Aead.ts"
import type { Evp } from "./Evp.ts"
import { command, direction, scratchAt } from "./Evp.ts"
import {
  associatedBytes,
  authenticatedHeaderBytes,
  checkBounds,
  freed,
  writeNonceAt,
  writeNumber64
} from "./PacketParameters.ts"

/** The part of the nonce that stands before the text: the number in 64 bits. */
const explicitBytes = 8

/** As the length of a nonce's fixed part: the whole nonce. */
const wholeNonce = -1

/** No number follows: the nonce must be set. */
const none = -1

export const twoCalls = (evp: Evp): (key: Uint8Array) => PacketKey => {
  // Buffers of packets to send and of received packets alternate.
  const addressToSeal = evp.addresses()
  const addressToOpen = evp.addresses()
  return (key) => {
    let context = evp.context(key)
    let isSealing = true
    /** The number in the context's nonce: each sealed packet increments it. */
    let next = none

    const failure = (what: string): Error => {
      next = none
      evp.clearErrors()
      return new Error(`OpenSSL ${what}`)
    }

    const setNonce = (packetNumber: number): void => {
      writeNonceAt(evp.scratch, scratchAt.nonce, packetNumber)
      const nonce = evp.scratchAddress + scratchAt.nonce
      if (evp.control(context, command.setFixedIv, wholeNonce, nonce) !== 1) throw failure("does not take a nonce")
    }

    const turn = (toSealing: boolean): void => {
      if (context === 0) throw freed()
      if (toSealing === isSealing) return
      const to = toSealing ? direction.seal : direction.open
      if (evp.restart(context, 0, to) !== 1) throw failure("does not change the direction of a key")
      isSealing = toSealing
      // To open, the mode needs a nonce once, and replaces its number by that before the text.
      setNonce(0)
      next = none
    }

    /** Both calls. False when they fail; the header is as before in any case. */
    const run = (bytes: Uint8Array, start: number, framesAt: number, framesEnd: number, packetNumber: number) => {
      const address = isSealing ? addressToSeal(bytes) : addressToOpen(bytes)
      const explicitAt = framesAt - explicitBytes
      const high = readUint32(bytes, explicitAt)
      const low = readUint32(bytes, explicitAt + 4)
      const textBytes = explicitBytes + framesEnd - framesAt + aeadTagBytes
      // OpenSSL authenticates this length less what is no plaintext, which is the length of the frames.
      const length = isSealing ? textBytes - aeadTagBytes : textBytes
      bytes[start + authenticatedHeaderBytes] = length >>> 8
      bytes[start + authenticatedHeaderBytes + 1] = length
      const taken = evp.control(context, command.tlsAssociated, associatedBytes, address + start)
      writeNumber64(bytes, explicitAt, packetNumber)
      const text = address + explicitAt
      const isDone = taken === aeadTagBytes && evp.cipher(context, text, text, textBytes) === textBytes
      writeUint32(bytes, explicitAt, high)
      writeUint32(bytes, explicitAt + 4, low)
      return isDone
    }

    return {
      seal: (bytes, start, framesAt, framesEnd, packetNumber) => {
        checkBounds(bytes, start, framesAt, framesEnd, packetNumber)
        turn(true)
        if (packetNumber !== next) setNonce(packetNumber)
        next = packetNumber + 1
        if (!run(bytes, start, framesAt, framesEnd, packetNumber)) throw failure("does not encrypt")
      },
      open: (bytes, start, framesAt, framesEnd, packetNumber) => {
        checkBounds(bytes, start, framesAt, framesEnd, packetNumber)
        turn(false)
        // OpenSSL has overwritten the frames of a packet that is not authentic.
        const isAuthentic = run(bytes, start, framesAt, framesEnd, packetNumber)
        if (!isAuthentic) evp.clearErrors()
        return isAuthentic
      },
      free: () => {
        if (context !== 0) evp.free(context)
        context = 0
      }
    }
  }
}
