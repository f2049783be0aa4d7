/** The protections of packets that bench/aead.mjs compares, for bundling. */
import { crc32 } from "node:zlib"
import { requireKoffi } from "../../src/node/Koffi.ts"
import { cipherObjects } from "../../src/node/security/CipherObjects.ts"
import * as Evp from "../../src/node/security/Evp.ts"
import { fiveCalls } from "../../src/node/security/FiveCalls.ts"
import * as NodeAead from "../../src/node/security/NodeAead.ts"
import { twoCalls } from "../../src/node/security/TwoCalls.ts"
import { crcBytes, crcProtection } from "../../src/protocol/flock/handshake/Protection.ts"
import { dataHeaderBytes } from "../../src/protocol/flock/wire/Packet.ts"
import { aeadTagBytes } from "../../src/security/Aead.ts"

export { dataHeaderBytes }

/** The route that sessions take on this machine. */
export const route = NodeAead.make().route

const key = Uint8Array.from({ length: 32 }, (_, index) => index)
const crc = crcProtection(crc32)

const evp = Evp.make(requireKoffi())

/** Each with its name, the length of its tag, and functions that seal and open. */
export const contestants = [
  {
    name: "CRC-32",
    tagBytes: crcBytes,
    make: () => ({
      seal: crc.seal,
      open: (bytes: Uint8Array, start: number, framesAt: number, framesEnd: number, packetNumber: number) =>
        crc.open(bytes, start, framesAt, framesEnd, packetNumber, 0, 0)
    })
  },
  { name: "OpenSSL, two calls", tagBytes: aeadTagBytes, make: () => twoCalls(evp)(key) },
  { name: "OpenSSL, five calls", tagBytes: aeadTagBytes, make: () => fiveCalls(evp)(key) },
  { name: "node:crypto", tagBytes: aeadTagBytes, make: () => cipherObjects(key) }
]
