import { describe, expect, it } from "vitest"
import { rekey } from "../../src/security/AeadProtection.ts"
import { recordKeys } from "../../src/security/RecordKeys.ts"
import { cryptography } from "../suites/tcpNetwork.ts"

const key = (seed: number): Uint8Array => new Uint8Array(32).fill(seed)
const sides = (epochRecords?: number) =>
  [
    recordKeys({ crypto: cryptography, sealKey: key(1), openKey: key(2), epochRecords }),
    recordKeys({ crypto: cryptography, sealKey: key(2), openKey: key(1), epochRecords })
  ] as const
const texts = ["", "a", "two words"].map((text) => new TextEncoder().encode(text))

describe("the keys of records", () => {
  it("are those of Noise: no associated data, the number of the record as nonce", () => {
    const [client] = sides()
    expect(texts.map(client.seal)).toEqual(
      texts.map((text, number) => cryptography.encrypt(key(1), number, new Uint8Array(0), text))
    )
  })

  it("open in their order what the other side sealed, in both directions", () => {
    const [client, server] = sides()
    expect(texts.map((text) => server.open(client.seal(text)))).toEqual(texts)
    expect(texts.map((text) => client.open(server.seal(text)))).toEqual(texts)
  })

  it("do not open what was changed, repeated, left out, reflected or cut", () => {
    const [client, server] = sides()
    const [one, two] = [client.seal(key(5)), client.seal(key(6))]
    const changed = one.slice()
    changed[3] = (changed[3] ?? 0) ^ 1
    for (const record of [changed, two, one.subarray(0, 20), new Uint8Array(0)]) {
      expect(sides()[1].open(record)).toBeUndefined()
    }
    expect(client.open(one)).toBeUndefined()
    expect([server.open(one), server.open(one)]).toEqual([key(5), undefined])
  })

  it("are replaced by REKEY after an epoch, and the numbers go on", () => {
    const [client, server] = sides(2)
    const sealed = Array.from({ length: 5 }, () => client.seal(key(9)))
    expect(sealed.map((record) => server.open(record))).toEqual(Array(5).fill(key(9)))
    const second = rekey(cryptography.encrypt, key(1))
    const third = rekey(cryptography.encrypt, second)
    expect([cryptography.decrypt(second, 2, new Uint8Array(0), sealed[2] ?? key(0))]).toEqual([key(9)])
    expect([cryptography.decrypt(third, 4, new Uint8Array(0), sealed[4] ?? key(0))]).toEqual([key(9)])
  })

  it("are overwritten in the end", () => {
    const sealKey = key(1)
    const protection = recordKeys({ crypto: cryptography, sealKey, openKey: key(2) })
    protection.free()
    protection.free()
    expect(sealKey).toEqual(key(0))
    expect(() => protection.seal(key(0))).toThrow("overwritten")
  })
})
