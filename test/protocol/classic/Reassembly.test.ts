import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { Reassembly } from "../../../src/protocol/classic/Reassembly.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import { frameOf, infOf, none } from "./frames.ts"

const parameters = { seed: 20_250_801 }
const largest = Frame.maxSequenceNumber
/** The payload bytes of the largest accepted frame. */
const longest = Frame.maxReadBytes - Frame.headerBytes
const bytesOf = (length: number, first = 0): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (first + at) * 31 + (at >>> 8))

const announced = (nameFragments: number, fragmentCount: number, mark: "T" | "F" = "F"): Reassembly =>
  new Reassembly(1, infOf(mark, nameFragments, fragmentCount))

const append = (message: Reassembly, payload: Uint8Array): void =>
  message.append(frameOf(Frame.Kind.dat, message.position + 1, message.fragmentCount, payload))

/** Appends fragments and takes blocks as a receiver does; returns the blocks in order. */
const blocksOf = (message: Reassembly, payloads: ReadonlyArray<Uint8Array>): ReadonlyArray<Uint8Array> => {
  const blocks: Array<Uint8Array> = []
  for (const payload of payloads) {
    append(message, payload)
    const block = message.takeBlock(message.isComplete)
    if (block !== undefined) blocks.push(block)
  }
  return blocks
}

describe("a message", () => {
  it("has the fields of its announcement", () => {
    const file = new Reassembly(7, infOf("F", 4, 9))
    expect([file.serial, file.kind, file.nameFragments, file.fragmentCount]).toEqual([7, "file", 4, 9])
    expect(announced(0, 6, "T").kind).toBe("text")
  })

  it("is complete with its last fragment", () => {
    const message = announced(0, 2)
    const states = [message.isComplete]
    for (const payload of ["ab", "cd"]) {
      append(message, Buffer.from(payload))
      states.push(message.isComplete)
    }
    expect(states).toEqual([false, false, true])
  })

  it("of no fragments is complete at once, including its name (W6)", () => {
    const message = announced(0, 0, "T")
    expect([message.isComplete, message.isNameComplete, message.takeBlock(true)]).toEqual([true, true, undefined])
  })

  it("of one fragment without data has no block", () => {
    const message = announced(0, 1)
    expect([blocksOf(message, [none]), message.isComplete, message.reception.contentBytes]).toEqual([[], true, 0])
  })
})

describe("a name", () => {
  it("is joined from its fragments and not part of the content", () => {
    const message = announced(2, 3)
    const blocks = blocksOf(message, [Buffer.from("not"), Buffer.from("es"), Buffer.from("content")])
    expect([Buffer.from(message.name).toString(), Buffer.concat(blocks).toString()]).toEqual(["notes", "content"])
    expect(message.reception.contentBytes).toBe(7)
  })

  it("is complete with its last fragment", () => {
    const message = announced(2, 3)
    append(message, Buffer.from("no"))
    expect(message.isNameComplete).toBe(false)
    append(message, Buffer.from("tes"))
    expect(message.isNameComplete).toBe(true)
  })

  it("is truncated after 1024 bytes, within a fragment too", () => {
    const message = announced(4, 5)
    const fragments = [0, 1, 2, 3].map((n) => bytesOf(400, n))
    for (const fragment of fragments) append(message, fragment)
    expect(Buffer.concat(fragments).subarray(0, 1024).equals(message.name)).toBe(true)
  })

  it("that never ends uses no memory beyond the limit (W7)", () => {
    const message = announced(largest, largest)
    for (let n = 0; n < 3000; n++) append(message, bytesOf(1445))
    expect([message.name.length, message.name.buffer.byteLength, message.takeBlock(true)]).toEqual([
      1024,
      1024,
      undefined
    ])
  })

  it("that is truncated is not copied again when more of it arrives", () => {
    const message = announced(largest, largest)
    append(message, bytesOf(1445))
    const { name } = message
    append(message, bytesOf(1445))
    expect(message.name).toBe(name)
  })

  it("does not depend on the datagram's buffer", () => {
    const message = announced(1, 2)
    const frame = frameOf(Frame.Kind.dat, 1, 2, Buffer.from("notes"))
    message.append(frame)
    frame.bytes.fill(0)
    expect(Buffer.from(message.name).toString()).toBe("notes")
  })
})

describe("a block", () => {
  it("is not returned before it is full", () => {
    const message = announced(0, largest)
    append(message, bytesOf(1445))
    expect(message.takeBlock(false)).toBeUndefined()
  })

  it("is returned at the end with any size", () => {
    const message = announced(0, 1)
    append(message, bytesOf(5))
    expect(message.takeBlock(true)).toEqual(bytesOf(5))
  })

  it("is taken once", () => {
    const message = announced(0, 1)
    append(message, bytesOf(5))
    message.takeBlock(true)
    expect(message.takeBlock(true)).toBeUndefined()
  })

  it("belongs to the caller: later bytes are written to another buffer", () => {
    const message = announced(0, 2)
    append(message, Buffer.from("first"))
    const first = message.takeBlock(true)
    append(message, Buffer.from("other"))
    expect(Buffer.from(first ?? none).toString()).toBe("first")
  })

  it("does not depend on the datagram's buffer", () => {
    const message = announced(0, 1)
    const frame = frameOf(Frame.Kind.dat, 1, 1, Buffer.from("data"))
    message.append(frame)
    frame.bytes.fill(0)
    expect(Buffer.from(message.takeBlock(true) ?? none).toString()).toBe("data")
  })

  it("is returned while a fragment of the largest size fits into it, and not much earlier", () => {
    const sizes = FastCheck.integer({ min: 200, max: 1445 })
    FastCheck.assert(
      FastCheck.property(sizes, (size) => {
        const payload = new Uint8Array(size)
        const count = Math.ceil(200_000 / size)
        const blocks = blocksOf(announced(0, count), Array.from({ length: count }, () => payload))
        expect(blocks.every(({ length }) => length <= Limits.receivedBlockBytes)).toBe(true)
        expect(blocks.slice(0, -1).every(({ length }) => length > Limits.receivedBlockBytes - longest)).toBe(true)
      }),
      { ...parameters, numRuns: 30 }
    )
  })

  it("is returned with the first byte after which the largest fragment does not fit", () => {
    const message = announced(0, largest)
    for (let left = Limits.receivedBlockBytes - longest; left > 0; left -= 1445) {
      append(message, new Uint8Array(Math.min(left, 1445)))
    }
    expect(message.takeBlock(false)).toBeUndefined()
    append(message, new Uint8Array(1))
    expect(message.takeBlock(false)?.length).toBe(Limits.receivedBlockBytes - longest + 1)
  })

  it("does not exceed its limit with the largest fragments of existing clients", () => {
    const message = announced(0, largest)
    const payloads = [...Array.from({ length: 44 }, () => bytesOf(1445)), bytesOf(511), bytesOf(longest)]
    const sizes = payloads.map((payload) => {
      append(message, payload)
      return message.takeBlock(false)?.length ?? 0
    })
    expect(Math.max(...sizes)).toBeLessThanOrEqual(Limits.receivedBlockBytes)
  })
})

describe("the content", () => {
  const payloads = FastCheck.array(
    FastCheck.oneof(
      FastCheck.integer({ min: 0, max: 1445 }),
      // The bytes that existing clients send for 1,445 characters.
      FastCheck.integer({ min: 1446, max: 5780 }),
      FastCheck.constantFrom(0, 1, 1445, 5780)
    ),
    { minLength: 1, maxLength: 80, size: "max" }
  ).map((lengths) => lengths.map((length, index) => bytesOf(length, index * 17)))

  it("is the concatenation of the blocks, for payloads of any length", () => {
    FastCheck.assert(
      FastCheck.property(payloads, (content) => {
        const message = announced(0, content.length)
        const blocks = blocksOf(message, content)
        expect(Buffer.concat(blocks).equals(Buffer.concat(content))).toBe(true)
        expect(message.reception.contentBytes).toBe(Buffer.concat(content).length)
      }),
      parameters
    )
  })

  it("is never an empty block", () => {
    FastCheck.assert(
      FastCheck.property(payloads, (content) => {
        expect(blocksOf(announced(0, content.length), content).every(({ length }) => length > 0)).toBe(true)
      }),
      { ...parameters, numRuns: 30 }
    )
  })
})

describe("memory (W7)", () => {
  it("is not allocated for the size in an announcement", () => {
    const before = process.memoryUsage().arrayBuffers
    const messages = Array.from({ length: 1000 }, () => announced(0, largest))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024)
    expect(messages.every((message) => message.takeBlock(true) === undefined)).toBe(true)
  })

  it.each([1, 100, 1445, 3000, 10_000, 40_000])("after %i bytes is at most 2 KiB or four times the bytes", (bytes) => {
    const message = announced(0, largest)
    for (let left = bytes; left > 0; left -= 1445) append(message, new Uint8Array(Math.min(left, 1445)))
    expect(message.takeBlock(true)?.buffer.byteLength).toBeLessThanOrEqual(Math.max(2048, 4 * bytes))
  })

  it("does not grow for bytes that fit exactly", () => {
    const message = announced(0, largest)
    for (const length of [1000, 1048]) append(message, new Uint8Array(length))
    expect(message.takeBlock(true)?.buffer.byteLength).toBe(2048)
  })

  it("is allocated for a whole block at once only after a full block", () => {
    const message = announced(0, largest)
    const sizeOfNext = (): number | undefined => {
      append(message, new Uint8Array(10))
      return message.takeBlock(true)?.buffer.byteLength
    }
    expect([sizeOfNext(), sizeOfNext()]).toEqual([2048, 2048])
    do append(message, new Uint8Array(1445))
    while (message.takeBlock(false) === undefined)
    expect(sizeOfNext()).toBe(Limits.receivedBlockBytes)
  })

  it("of a block does not exceed its limit when bytes arrive slowly", () => {
    const payloads = Array.from({ length: 70_000 }, (_, at) => Uint8Array.of(at, at, at, at))
    const blocks = blocksOf(announced(0, largest), payloads)
    expect(blocks.map(({ buffer }) => buffer.byteLength <= Limits.receivedBlockBytes)).toEqual([true])
  })
})

describe("a reception", () => {
  it("counts duplicates and damage", () => {
    const message = announced(0, 5)
    message.duplicates += 2
    for (const number of [3, 3, 5]) message.onDamagedFragment(number)
    expect(message.reception).toEqual({
      contentBytes: 0,
      fragmentCount: 5,
      damaged: 3,
      damagedNumbers: [3, 3, 5],
      duplicates: 2,
      payloadSize: 17 - 13
    })
  })

  it.each([["frame", 17, 4], ["payload", 17, 17], ["frame", 5, 0]] as const)(
    "of the %s dialect, announced with %d, has fragments of %d bytes",
    (dialect, field, size) => {
      const message = new Reassembly(1, infOf("F", 1, 2, field))
      for (const payload of [Buffer.from("name"), none]) {
        const own = Frame.fragmentSizeField(dialect, payload.length)
        message.append(frameOf(Frame.Kind.dat, message.position + 1, 2, payload, own))
        expect(message.reception.payloadSize).toBe(size)
      }
    }
  )

  it("only counts a damaged number that is out of range", () => {
    const message = announced(0, 5)
    message.onDamagedFragment(6)
    expect(message.reception).toMatchObject({ damaged: 1, damagedNumbers: [] })
  })

  it("keeps 1000 damaged numbers and counts the rest", () => {
    const message = announced(0, largest)
    for (let number = 1; number <= 1500; number++) message.onDamagedFragment(number)
    expect([message.reception.damaged, message.reception.damagedNumbers.length]).toEqual([1500, 1000])
  })
})
