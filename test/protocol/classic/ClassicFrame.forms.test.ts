import { describe, expect, it } from "@effect/vitest"
import { crc32 } from "node:zlib"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { datagramOf } from "./frames.ts"

const largest = 0xff_ff_ff
const { ack, dat, fin, inf, kpa, nack } = Frame.Kind

/** "well-formed", or the reason for the rejection. */
const verdict = (
  kind: Frame.Kind,
  [sequenceNumber, fragmentCount, fragmentSize]: readonly [number, number, number],
  payload = "",
  crc?: number
): string => {
  const bytes = datagramOf({ sequenceNumber, fragmentCount, fragmentSize, kind }, Buffer.from(payload))
  if (crc !== undefined) Buffer.from(bytes.buffer, bytes.byteOffset).writeUInt32BE(crc, 9)
  const result = Frame.decode(bytes)
  return typeof result === "string" ? result : "well-formed"
}

describe("a DAT (W6)", () => {
  it.each([[1, 1], [1, 9], [9, 9], [1, largest], [largest - 1, largest], [largest, largest]])(
    "at position %i of %i is well-formed",
    (position, count) => {
      expect(verdict(dat, [position, count, 14], "x")).toBe("well-formed")
    }
  )

  it.each([[0, 0], [0, 9], [1, 0], [10, 9], [largest, 9], [largest, 0], [0, largest], [largest, largest - 1]])(
    "at position %i of %i is malformed",
    (position, count) => {
      expect(verdict(dat, [position, count, 14], "x")).toBe("malformed")
    }
  )

  it("without data is well-formed", () => {
    expect(verdict(dat, [1, 1, 13])).toBe("well-formed")
  })
})

describe("an INF", () => {
  it("with a fragment count of 0 is well-formed: an empty message (W6)", () => {
    expect([verdict(inf, [0, 0, 17], "T"), verdict(inf, [0, 0, 17], "F")]).toEqual(["well-formed", "well-formed"])
  })

  it.each([[0, 1], [0, largest], [4, 9], [9, 9], [largest, largest]])(
    "of a file with %i of %i fragments for the name is well-formed",
    (name, count) => {
      expect(verdict(inf, [name, count, 17], "F")).toBe("well-formed")
    }
  )

  it.each([[1, 0], [10, 9], [largest, 9], [largest, largest - 1]])(
    "of a file with %i of %i fragments for the name is malformed",
    (name, count) => {
      expect(verdict(inf, [name, count, 17], "F")).toBe("malformed")
    }
  )

  it("of a text with a name is malformed", () => {
    expect(verdict(inf, [1, 9, 17], "T")).toBe("malformed")
  })

  it.each(["", "t", "f", "\0", "X", "TT", "FF", "TF", "T\0"])("with the data %j is malformed", (data) => {
    expect(verdict(inf, [0, 9, 17], data)).toBe("malformed")
  })
})

describe("an ACK", () => {
  it.each(["", "T", "F"])("with the data %j is well-formed", (data) => {
    expect(verdict(ack, [0, 9, 17], data)).toBe("well-formed")
  })

  it.each(["X", "\0", "TT", "F\0"])("with the data %j is malformed", (data) => {
    expect(verdict(ack, [0, 9, 17], data)).toBe("malformed")
  })

  it.each([[0, 0, 0], [0, 0, 13], [7, 3, 99], [largest, largest, 0xff_ff]] as const)(
    "may repeat any header: %i, %i, %i",
    (...header) => {
      expect(verdict(ack, header)).toBe("well-formed")
    }
  )

  it("may have any value in the CRC field, which is not checked", () => {
    expect([verdict(ack, [1, 9, 17], "", 0xde_ad_be_ef), verdict(nack, [1, 9, 17], "", 1)]).toEqual([
      "well-formed",
      "well-formed"
    ])
  })
})

describe("a NACK", () => {
  it.each(["T", "F", "X", "ab"])("with the data %j is malformed", (data) => {
    expect(verdict(nack, [1, 9, 17], data)).toBe("malformed")
  })

  it("without data is well-formed", () => {
    expect(verdict(nack, [1, 9, 17])).toBe("well-formed")
  })
})

describe.each([["KPA", kpa], ["FIN", fin]] as const)("a %s", (_, kind) => {
  it.each([13, 0])("of size %i is well-formed", (size) => {
    expect(verdict(kind, [0, 0, size])).toBe("well-formed")
  })

  it.each([1, 12, 14, 5, 9, 29, 13 << 8, 0xff_ff])("of size %i is malformed", (size) => {
    expect(verdict(kind, [0, 0, size])).toBe("malformed")
  })

  it.each([[1, 0], [0, 1], [1, 1], [largest, 0], [0, largest], [0x80_00_00, 0]])(
    "with the sequence number %i and the count %i is malformed",
    (sequenceNumber, count) => {
      expect(verdict(kind, [sequenceNumber, count, 13])).toBe("malformed")
    }
  )

  it.each([1, 0x80_00_00_00, 0xff_ff_ff_ff])("with the CRC %i is malformed", (crc) => {
    expect(verdict(kind, [0, 0, 13], "", crc)).toBe("malformed")
  })

  it("with a computed CRC is malformed: the field must be 0", () => {
    const bytes = datagramOf({ sequenceNumber: 0, fragmentCount: 0, fragmentSize: 13, kind }, new Uint8Array(0))
    expect(verdict(kind, [0, 0, 13], "", crc32(bytes.subarray(0, 9)))).toBe("malformed")
  })

  it.each(["\0", "T", "F", "abcd"])("with the data %j is malformed", (data) => {
    expect(verdict(kind, [0, 0, 13], data)).toBe("malformed")
  })
})

describe("headers", () => {
  const header = { sequenceNumber: 1, fragmentCount: 9, fragmentSize: 17, kind: dat } as const

  it("are equal when only their types differ", () => {
    expect(Frame.sameHeader(header, { ...header, kind: ack })).toBe(true)
  })

  it.each([{ sequenceNumber: 2 }, { fragmentCount: 8 }, { fragmentSize: 4 }])(
    "with another %j are not equal",
    (change) => {
      expect(Frame.sameHeader(header, { ...header, ...change })).toBe(false)
    }
  )

  it("refer to the connection with the size of either dialect and with no other", () => {
    const sizes = [0, 13, 12, 14]
    const zero = { sequenceNumber: 0, fragmentCount: 0, kind: ack } as const
    expect(sizes.map((fragmentSize) => Frame.isOfConnection({ ...zero, fragmentSize }))).toEqual([
      true,
      true,
      false,
      false
    ])
    expect(Frame.isOfConnection({ ...zero, fragmentSize: 13, fragmentCount: 1 })).toBe(false)
    expect(Frame.isOfConnection({ ...zero, fragmentSize: 13, sequenceNumber: 1 })).toBe(false)
  })
})
