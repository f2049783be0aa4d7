import { describe, expect, it } from "vitest"
import { framed, RecordReader } from "../../../src/protocol/tcp/Records.ts"

const record = (bytes: number, first: number): Uint8Array => Uint8Array.from({ length: bytes }, (_, at) => first + at)
const all = (reader: RecordReader): ReadonlyArray<ReadonlyArray<number>> => {
  const records: Array<ReadonlyArray<number>> = []
  for (let one = reader.take(); one !== undefined; one = reader.take()) records.push([...one])
  return records
}

describe("records", () => {
  const records = [record(3, 1), record(0, 0), record(300, 5), record(1, 9)]
  const stream = Uint8Array.from(records.flatMap((one) => [...framed(one)]))

  it("have a length of two bytes, big-endian", () => {
    expect([...framed(record(300, 0))].slice(0, 4)).toEqual([1, 44, 0, 1])
    expect(framed(new Uint8Array(65_535)).length).toBe(65_537)
    expect(() => framed(new Uint8Array(65_536))).toThrow(RangeError)
  })

  it("arrive the same wherever the stream is cut", () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      const reader = new RecordReader()
      const before = (reader.push(stream.slice(0, cut)), all(reader))
      reader.push(stream.slice(cut))
      expect([...before, ...all(reader)]).toEqual(records.map((one) => [...one]))
    }
  })

  it("arrive the same byte by byte", () => {
    const reader = new RecordReader()
    const taken = [...stream].flatMap((byte) => (reader.push(Uint8Array.of(byte)), all(reader)))
    expect(taken).toEqual(records.map((one) => [...one]))
  })

  it("are kept while the reader waits, also when more arrives", () => {
    const reader = new RecordReader()
    reader.push(stream.slice(0, 100))
    expect(reader.take()).toEqual(records[0])
    reader.push(stream.slice(100))
    expect(all(reader)).toEqual(records.slice(1).map((one) => [...one]))
  })

  it.each(["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000", "SSH-2.0-x\r\n"])(
    "that are too long for a handshake are found at their length: %j",
    (text) => {
      const reader = new RecordReader(1024)
      reader.push(new TextEncoder().encode(text))
      expect([reader.take(), reader.isTooLong]).toEqual([undefined, true])
      reader.push(new Uint8Array(100))
      expect(reader.take()).toBeUndefined()
    }
  )
})
