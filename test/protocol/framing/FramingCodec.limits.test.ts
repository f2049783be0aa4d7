/** What a hostile peer costs: memory is bounded, and work is linear in the bytes. */
import { describe, expect, it } from "vitest"
import { framingOf } from "./codecs.ts"

/** The bytes that are copied meanwhile. */
const copiedBytes = (during: () => void): number => {
  const { prototype } = Uint8Array
  const { set } = prototype
  let copied = 0
  const value = function(this: Uint8Array, source: ArrayLike<number>, at?: number): void {
    copied += source.length
    set.call(this, source, at)
  }
  // All typed arrays inherit `set`; for this time, those of bytes have their own.
  Reflect.defineProperty(prototype, "set", { value, configurable: true })
  try {
    during()
  } finally {
    Reflect.deleteProperty(prototype, "set")
  }
  return copied
}

describe("a peer", () => {
  it.each(["lines", "delimiter:#", "delimiter:aab", "auto"])(
    "that sends 100 MB without an end to %s gets a failure within the first 128 KiB",
    (name) => {
      const codec = framingOf(name).open()
      const read = new Uint8Array(64 * 1024).fill(0x61)
      const reads = Array.from({ length: 1600 }, () => codec.handleBytes(read, 0))
      expect(reads.slice(0, 2).flatMap(({ failure }) => failure?.reason ?? [])).toEqual(["TooLong"])
      expect(reads.slice(2).filter(({ failure }) => failure !== undefined)).toEqual([])
      expect(reads.flatMap(({ messages }) => messages)).toEqual([])
    }
  )

  it.each([
    ["lines", "x", "x"],
    ["delimiter:#", "x", "x"],
    ["delimiter:aab", "a", "a"],
    ["padded:10", "30000     ", "x"],
    ["padded:10,zeros", "0000030000", "x"],
    ["prefix:u32", "\0\0\x75\x30", "x"],
    ["prefix:varint", "\x80\0\x75\x30", "x"],
    ["typed", "\x01\x80\0\x75\x30", "x"],
    ["auto", "\xe2", "\xe2"]
  ])("that sends a message of %s byte by byte has each byte copied a few times", (name, beginning, piece) => {
    const codec = framingOf(name).open()
    const send = (text: string) => codec.handleBytes(Uint8Array.from(Buffer.from(text, "latin1")), 0)
    const copied = copiedBytes(() => {
      send(beginning)
      const ends = Array.from({ length: 20_000 }, () => send(piece)).filter(({ failure, messages }) =>
        failure !== undefined || messages.length > 0
      )
      expect(ends).toEqual([])
    })
    expect(copied).toBeGreaterThan(20_000)
    expect(copied).toBeLessThan(4 * 20_000)
  })
})
