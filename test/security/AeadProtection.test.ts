import * as FastCheck from "fast-check"
import { describe, expect, it } from "vitest"
import type { Protection } from "../../src/protocol/flock/handshake/Protection.ts"
import type { PacketKey } from "../../src/security/Aead.ts"
import * as Limits from "../../src/security/AeadLimits.ts"
import { aeadProtection, rekey } from "../../src/security/AeadProtection.ts"
import { toHex } from "../protocol/flock/frames.ts"
import {
  encryptByNoble,
  framesOf,
  keyOf,
  placesOf,
  plainPacket,
  readNumber,
  sealedByNoble
} from "../suites/aeadRoutes.ts"
import { CountedKeys } from "../suites/countedKeys.ts"

/** Keys of the epochs of the secret that `keyOf(seed)` is, in hexadecimal. */
const chain = (seed: number, epochs: number): ReadonlyArray<Uint8Array> => {
  const keys = [keyOf(seed)]
  while (keys.length < epochs) keys.push(rekey(encryptByNoble, keys.at(-1) ?? keyOf(seed)))
  return keys
}

const sideOf = (sealSeed: number, openSeed: number, epochPackets?: number) => {
  const keys = new CountedKeys()
  const protection = aeadProtection({
    name: "aead",
    aead: keys,
    encrypt: encryptByNoble,
    sealKey: keyOf(sealSeed),
    openKey: keyOf(openSeed),
    epochPackets
  })
  return { keys, protection }
}

const pair = (epochPackets?: number) => ({ client: sideOf(1, 2, epochPackets), server: sideOf(2, 1, epochPackets) })

const sealedBy = (protection: Protection, number: number, length = 8): Uint8Array => {
  const packet = plainPacket(number, framesOf(length))
  protection.seal(packet, ...placesOf(packet.length), number)
  return packet
}

const isOpenedBy = (protection: Protection, packet: Uint8Array, number: number, now = 0, oldKeyMillis = 300): boolean =>
  protection.open(packet.slice(), ...placesOf(packet.length), number, now, oldKeyMillis)

const forged = (packet: Uint8Array): Uint8Array => packet.with(packet.length - 1, (packet.at(-1) ?? 0) ^ 1)

describe("rekey", () => {
  it("is the first 32 bytes of the encryption of zeros under the largest nonce (Noise §4.2)", () => {
    expect(chain(0, 3).map(toHex)).toEqual([
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
      "0201675c87335949b909793da5bb4d92fcf6d44b92a6e0792b6ae48b1881259d",
      "e5f088ca0ae5900fa607b0f669fc802479ffc206d6322eb26943c4e45e408e25"
    ])
  })
})

describe("packets with encryption", () => {
  it("have a new key from packet number 2²⁰ on: worked bytes", () => {
    const { protection } = sideOf(0, 1)
    const frames = Uint8Array.of(0x01, 0x08, 0x00, 0x04, 0xab, 0xcd, 0xef, 0x01)
    const packetOf = (number: number) => {
      const packet = plainPacket(number, frames)
      protection.seal(packet, ...placesOf(packet.length), number)
      return toHex(packet)
    }
    expect(packetOf(5)).toBe("20000000000a0b0c0d001c0000000599a9c26668737a4c0a2e8d829ae7afe953aa723cac8b614f")
    expect(packetOf(2 ** 20 + 5)).toBe("20000000000a0b0c0d001c00100005f91d7e0d939086fc4b7b3abb7a87715565eaaaf89aaaaf4d")
  })

  it("name their protection, and have tags of 16 bytes", () => {
    const { protection } = sideOf(1, 2)
    expect([protection.name, protection.tagBytes]).toEqual(["aead", 16])
  })

  it("are those of each epoch's key by an independent implementation", () => {
    const { client, server } = pair(8)
    const keys = chain(1, 6)
    for (let number = 0; number < 48; number++) {
      const packet = sealedBy(client.protection, number)
      const key = keys[Math.floor(number / 8)] ?? keyOf(9)
      expect(toHex(packet)).toBe(toHex(sealedByNoble(key, number, plainPacket(number, framesOf(8)))))
      expect(isOpenedBy(server.protection, packet, number)).toBe(true)
    }
  })

  it("have keys of their own in each direction", () => {
    const { client, server } = pair(4)
    for (let number = 0; number < 10; number++) {
      expect(isOpenedBy(server.protection, sealedBy(client.protection, number), number)).toBe(true)
    }
    const first = sealedBy(server.protection, 0)
    expect(isOpenedBy(client.protection, first, 0)).toBe(true)
    expect(isOpenedBy(server.protection, first, 0)).toBe(false)
  })
})

describe("a sender", () => {
  it("uses no key and number twice: a number that is not larger than the last one is refused (C3)", () => {
    const { keys, protection } = sideOf(1, 2, 4)
    for (const number of [0, 1, 3, 4, 9]) {
      sealedBy(protection, number)
      for (const other of [0, number - 1, number]) expect(() => sealedBy(protection, other)).toThrow(RangeError)
      expect(() => sealedBy(protection, NaN)).toThrow(RangeError)
    }
    expect(new Set(keys.sealed).size).toBe(5)
  })

  it("counts a number as used even if the encryption fails", () => {
    const { protection } = sideOf(1, 2)
    const packet = plainPacket(0, framesOf(8))
    expect(() => protection.seal(packet, 0, 15, 200, 0)).toThrow(RangeError)
    expect(() => sealedBy(protection, 0)).toThrow("packet number 0 is not larger than the last one, 0")
  })

  it("makes the next key again if that failed, from the same secret", () => {
    const keys = new CountedKeys()
    let failures = 0
    const packetKey = (bytes: Uint8Array): PacketKey => {
      // The third key is that of the sender's second epoch, after those of the constructor.
      if (keys.made === 3 && failures++ === 0) throw new Error("no memory")
      return keys.packetKey(bytes)
    }
    const protection = aeadProtection({
      name: "aead-psk",
      aead: { packetKey },
      encrypt: encryptByNoble,
      sealKey: keyOf(1),
      openKey: keyOf(2),
      epochPackets: 4
    })
    expect(() => sealedBy(protection, 4)).toThrow("no memory")
    sealedBy(protection, 5)
    expect(keys.sealed).toEqual([`${toHex(chain(1, 2)[1] ?? keyOf(9))} 5`])
  })

  it("keeps the key of its epoch only", () => {
    const { keys, protection } = sideOf(1, 2, 4)
    const before = keys.live.size
    for (let number = 0; number < 20; number += 3) sealedBy(protection, number)
    expect(keys.live.size).toBe(before)
    expect(keys.names).toContain(toHex(chain(1, 5)[4] ?? keyOf(9)))
  })
})

describe("a receiver", () => {
  const packets = (count: number, epochPackets: number): ReadonlyArray<Uint8Array> => {
    const { protection } = sideOf(1, 2, epochPackets)
    return Array.from({ length: count }, (_, number) => sealedBy(protection, number))
  }
  const all = packets(20, 4)
  const open = (protection: Protection, number: number, now = 0): boolean =>
    isOpenedBy(protection, all[number] ?? new Uint8Array(31), number, now)

  it("opens packets of the epoch before for three probe timeouts after a new epoch began (C5)", () => {
    const { protection } = sideOf(2, 1, 4)
    expect([open(protection, 0, 1000), open(protection, 4, 2000)]).toEqual([true, true])
    // The time runs from the first packet of the epoch.
    expect([open(protection, 5, 2250), open(protection, 2, 2299)]).toEqual([true, true])
    expect([open(protection, 3, 2300), open(protection, 6, 2300)]).toEqual([false, true])
  })

  it("opens packets of the next epoch while packets are reordered, and drops every other epoch unread (C5)", () => {
    const { protection } = sideOf(2, 1, 4)
    expect(open(protection, 8)).toBe(false)
    expect([5, 1, 4, 0, 8, 7].map((number) => open(protection, number))).toEqual([true, true, true, true, true, true])
    expect([1, 3, 16].map((number) => open(protection, number))).toEqual([false, false, false])
    expect([11, 12, 9].map((number) => open(protection, number))).toEqual([true, true, true])
  })

  it("changes nothing for a packet that is not authentic: no epoch, no key, no time", () => {
    const { keys, protection } = sideOf(2, 1, 4)
    open(protection, 0)
    const before = keys.names
    const made = keys.made
    for (const [number, packet] of all.entries()) expect(isOpenedBy(protection, forged(packet), number)).toBe(false)
    expect([keys.names, keys.made]).toEqual([before, made])
    expect(open(protection, 1)).toBe(true)
    expect(open(protection, 4, 1000)).toBe(true)
    // Forged packets of the next epoch do not extend the time of the old key.
    expect(isOpenedBy(protection, forged(all[8] ?? keyOf(1)), 8, 1200)).toBe(false)
    expect([open(protection, 2, 1299), open(protection, 3, 1300)]).toEqual([true, false])
  })

  it("has the keys of three epochs at most, and overwrites them in time", () => {
    const { keys, protection } = sideOf(2, 1, 4)
    const names = chain(1, 6).map(toHex)
    const live = () => names.flatMap((name, epoch) => keys.names.includes(name) ? [epoch] : [])
    expect(live()).toEqual([0, 1])
    open(protection, 4, 0)
    expect(live()).toEqual([0, 1, 2])
    open(protection, 5, 300)
    expect(live()).toEqual([1, 2])
    open(protection, 8, 400)
    open(protection, 12, 401)
    expect(live()).toEqual([2, 3, 4])
  })

  it("drops a packet whose number is more than 2³¹ ahead, because it reads another number from it (C4)", () => {
    const sender = sideOf(1, 2, 2 ** 40).protection
    const receiver = sideOf(2, 1, 2 ** 40).protection
    const expected = 2 ** 32
    const numbers = [0, 2 ** 31, 2 ** 31 + 1, 2 ** 32].map((ahead) => expected + ahead)
    const seen = numbers.map((number) => {
      const packet = sealedBy(sender, number)
      return isOpenedBy(receiver, packet, readNumber(packet, expected))
    })
    expect(seen).toEqual([true, true, false, false])
  })

  it("agrees with a model of epochs, whatever arrives when", () => {
    const arrival = FastCheck.record({
      number: FastCheck.nat(19),
      isForged: FastCheck.boolean(),
      wait: FastCheck.nat(200)
    })
    FastCheck.assert(
      FastCheck.property(FastCheck.array(arrival, { maxLength: 40 }), (arrivals) => {
        const { keys, protection } = sideOf(2, 1, 4)
        let now = 0
        let newest = 0
        let newestAt = -Infinity
        for (const { isForged, number, wait } of arrivals) {
          now += wait
          const epoch = Math.floor(number / 4)
          const isKnown = epoch === newest || epoch === newest + 1 || (epoch === newest - 1 && now < newestAt + 300)
          const packet = all[number] ?? keyOf(1)
          const isOpen = isOpenedBy(protection, isForged ? forged(packet) : packet, number, now)
          expect(isOpen).toBe(isKnown && !isForged)
          if (!isOpen || epoch <= newest) continue
          newest = epoch
          newestAt = now
        }
        expect(keys.live.size).toBeLessThanOrEqual(4)
        protection.free()
        expect(keys.live.size).toBe(0)
      }),
      { seed: 14, numRuns: 300 }
    )
  })
})

describe("the keys of a session", () => {
  it("are all freed at its end, which may come twice: nothing is opened or sealed then", () => {
    const { client, server } = pair(4)
    const packet = sealedBy(client.protection, 0)
    for (const { keys, protection } of [client, server]) {
      protection.free()
      protection.free()
      expect(keys.live.size).toBe(0)
    }
    expect(isOpenedBy(server.protection, packet, 0)).toBe(false)
    expect(() => sealedBy(client.protection, 1)).toThrow("overwritten")
  })

  it("do not depend on the arrays that they were made from", () => {
    const sealKey = keyOf(1)
    const openKey = keyOf(2)
    const aead = new CountedKeys()
    const protection = aeadProtection({
      name: "aead",
      aead,
      encrypt: encryptByNoble,
      sealKey,
      openKey,
      epochPackets: 4
    })
    sealKey.fill(0)
    openKey.fill(0)
    sealedBy(protection, 4)
    expect(aead.sealed).toEqual([`${toHex(chain(1, 2)[1] ?? keyOf(9))} 4`])
  })

  it("change after 2²⁰ packets, an eighth of what RFC 9001 allows", () => {
    expect(Limits.epochPackets).toBe(2 ** 23 / 8)
  })
})
