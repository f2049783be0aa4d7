import * as FastCheck from "fast-check"
import { describe, expect, it } from "vitest"
import { SendBuffer } from "../../../../src/protocol/flock/streams/SendBuffer.ts"
import * as Limits from "../../../../src/protocol/ProtocolLimits.ts"

/** Bytes whose values follow from their offset in the stream. */
const bytesFrom = (offset: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (offset + index) * 31 >>> 3)

/** The bytes of the buffer from `offset` to the end of their block. */
const readAt = (buffer: SendBuffer, offset: number): Uint8Array => {
  const block = buffer.blockAt(offset)
  return block.bytes.subarray(offset - block.offset, block.length)
}

const write = (buffer: SendBuffer, length: number): Uint8Array => {
  const bytes = bytesFrom(buffer.writtenBytes, length)
  buffer.write(bytes)
  return bytes
}

/** The number of blocks between the offsets. */
const blocksIn = (buffer: SendBuffer, from: number, to: number): number => {
  let count = 0
  for (let at = from; at < to; at += readAt(buffer, at).length) count++
  return count
}

describe("the unacknowledged bytes of a stream", () => {
  it("have small writes gathered into blocks that grow, however many they are", () => {
    const buffer = new SendBuffer()
    for (let line = 0; line < 100_000; line++) write(buffer, 10)
    expect(blocksIn(buffer, 0, 1_000_000)).toBeLessThan(1_000_000 / Limits.gatheredBlockBytes + 10)
  })

  it("have a large write uncopied, between small ones", () => {
    const buffer = new SendBuffer()
    write(buffer, 3)
    const large = write(buffer, Limits.gatheredWriteBytes)
    write(buffer, 3)
    expect(buffer.blockAt(3).bytes).toBe(large)
    expect(blocksIn(buffer, 0, buffer.writtenBytes)).toBe(3)
  })

  it("are released to the writer: a large block when it is acknowledged, a small one at once; each once", () => {
    const buffer = new SendBuffer()
    const small = write(buffer, 10)
    const large = write(buffer, Limits.gatheredWriteBytes)
    expect(buffer.takeReleased()).toEqual([small])
    buffer.release(buffer.writtenBytes - 1)
    expect(buffer.takeReleased()).toEqual([])
    buffer.release(buffer.writtenBytes)
    expect(buffer.takeReleased()).toEqual([large])
    for (let count = 0; count < 2 * Limits.spareBlocks; count++) write(buffer, 1)
    expect(buffer.takeReleased()).toHaveLength(Limits.spareBlocks)
  })

  it("cannot be found before they are written, or after their release", () => {
    const buffer = new SendBuffer()
    expect(() => buffer.blockAt(0)).toThrow(RangeError)
    write(buffer, 5000)
    write(buffer, 5000)
    buffer.release(5000)
    expect(() => buffer.blockAt(4999)).toThrow(RangeError)
    expect(() => buffer.blockAt(10_000)).toThrow(RangeError)
    expect(readAt(buffer, 5000)).toEqual(bytesFrom(5000, 5000))
    buffer.clear()
    expect(() => buffer.blockAt(5000)).toThrow(RangeError)
  })

  it("are those that were written, wherever they are read, in any order of writes, reads and releases", () => {
    const step = FastCheck.oneof(
      FastCheck.record({ write: FastCheck.oneof(FastCheck.integer({ min: 1, max: 300 }), FastCheck.constant(5000)) }),
      FastCheck.record({ read: FastCheck.double({ min: 0, max: 0.999, noNaN: true }) }),
      FastCheck.record({ release: FastCheck.double({ min: 0, max: 1, noNaN: true }) })
    )
    FastCheck.assert(FastCheck.property(FastCheck.array(step, { maxLength: 300 }), (steps) => {
      const buffer = new SendBuffer()
      let released = 0
      let sent = 0
      for (const one of steps) {
        const held = buffer.writtenBytes - released
        if ("write" in one) write(buffer, one.write)
        else if ("release" in one) buffer.release(released += Math.floor(one.release * held))
        else if (held > 0) {
          // Mostly the next bytes, as a sender reads; sometimes any, as for a retransmission.
          sent = Math.max(sent, released)
          const at = one.read < 0.5 && sent < buffer.writtenBytes ? sent : released + Math.floor(one.read * held)
          const bytes = readAt(buffer, at)
          expect(Buffer.compare(bytes, bytesFrom(at, bytes.length))).toBe(0)
          sent = Math.max(sent, at + bytes.length)
        }
      }
    }))
  })
})
