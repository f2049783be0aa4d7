/** Compares the classic part of docs/PROTOCOL.md with the code: worked examples, constants, and cited sections. */
import { readdirSync, readFileSync } from "node:fs"
import { crc32 } from "node:zlib"
import { describe, expect, it } from "vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import * as Timing from "../../../src/transport/Timing.ts"

const root = new URL("../../../", import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), "utf8")

interface Vector {
  readonly name: string
  readonly datagram: string
}

/** The first part, on the classic wire. */
const [document = ""] = read("docs/PROTOCOL.md").split("\n# The flock wire\n")
const vectors: ReadonlyArray<Vector> = JSON.parse(read("test/data/classic-vectors.json"))

/** The text of a section, including its subsections. */
const section = (number: string): string => {
  const [, after = ""] = document.split(`\n## §${number} `)
  return after.split("\n## ", 1)[0] ?? ""
}

/** The cells of every table row with `cells` cells, without backticks, including heading and separator rows. */
const rows = (text: string, cells: number): ReadonlyArray<ReadonlyArray<string>> =>
  text.split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim().replaceAll("`", "")))
    .filter((row) => row.length === cells)

const isHex = (text: string | undefined): boolean => text !== undefined && /^[0-9a-f]{2}[0-9a-f ]*$/.test(text)
const bytesOf = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(" ", ""), "hex")
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

describe("a worked example of §8", () => {
  const examples = rows(section("8"), 8).filter(([, bytes]) => isHex(bytes)).map(
    ([name = "", bytes = "", type = "", sequence, count, size, crc = "", data = ""]) => ({
      name,
      bytes,
      crc,
      data: data === "–" ? "" : data,
      header: {
        sequenceNumber: Number(sequence),
        fragmentCount: Number(count),
        fragmentSize: Number(size),
        kind: Frame.kindNames.findIndex((kind) => kind === type)
      }
    })
  )

  it("exists for every frame type", () => {
    expect(new Set(examples.map(({ header }) => header.kind))).toEqual(new Set([0, 1, 2, 3, 4, 5]))
  })

  it.each(examples)("has the recorded bytes: $name", ({ bytes, name }) => {
    expect(vectors.find((vector) => vector.name === name)?.datagram).toBe(bytes.replaceAll(" ", ""))
  })

  it.each(examples)("has the fields of its row: $name", ({ bytes, crc, data, header }) => {
    const frame = Frame.decode(bytesOf(bytes))
    if (typeof frame === "string") throw new Error(`the frame is ${frame}`)
    expect(frame).toMatchObject({ ...header, crc: Number.parseInt(crc, 16) })
    expect(Buffer.from(frame.payload).toString()).toBe(data)
    expect(Frame.isIntact(frame, crc32)).toBe(true)
    const target = new Uint8Array(Frame.maxFrameBytes).fill(0xa5)
    const length = Frame.encode(target, frame, Buffer.from(data), crc32)
    expect(hexOf(target.subarray(0, length))).toBe(bytes.replaceAll(" ", ""))
  })

  it.each(examples)("is grouped by field: $name", ({ bytes }) => {
    expect(bytes.split(" ").slice(0, 5).map((group) => group.length / 2)).toEqual([3, 3, 2, 1, 4])
  })
})

describe("a rejected frame of §8", () => {
  const examples = rows(section("8"), 4).filter(([, bytes]) => isHex(bytes)).map(
    ([name = "", bytes = "", verdict = ""]) => ({ name, bytes, verdict })
  )

  it("exists", () => {
    expect(examples.length).toBeGreaterThanOrEqual(5)
  })

  it.each(examples)("is $verdict: $name", ({ bytes, verdict }) => {
    const frame = Frame.decode(bytesOf(bytes))
    const found = typeof frame === "string" ? frame : Frame.isIntact(frame, crc32) ? "intact" : "damaged"
    expect(found).toBe(verdict)
  })
})

describe("the table of §5", () => {
  const known: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    "Timing.classic": { ...Timing.classic },
    Timing,
    Limits,
    Frame
  }
  const constants = rows(section("5"), 4).filter(([, value = ""]) => /^\d+$/.test(value)).map(
    ([name = "", value, where = ""]) => ({ name, value: Number(value), where })
  )

  it.each(constants)("has the value of $where.$name", ({ name, value, where }) => {
    expect(known[where]?.[name]).toBe(value)
  })

  it("has every interval of the wire", () => {
    const names = constants.filter(({ where }) => where === "Timing.classic").map(({ name }) => name)
    expect(names.toSorted()).toEqual(Object.keys(Timing.classic).toSorted())
  })
})

describe("a section", () => {
  const headings = Array.from(document.matchAll(/^#+ §(\d+(?:\.\d+)*) /gm), ([, number]) => number)

  /** A bare section number counts in a file that names the document. The lines of a comment are joined first. */
  const citations = readdirSync(new URL("src/", root), { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts"))
    .flatMap((path) => {
      const text = read(`src/${path}`).replaceAll(/\s*\n\s*(?:\*|\/\/)?\s*/g, " ")
      if (!text.includes("docs/PROTOCOL.md")) return []
      const found = text.matchAll(/(?:docs\/PROTOCOL\.md |\()§(\d+(?:\.\d+)*)(?:–§?(\d+(?:\.\d+)*))?/g)
      return Array.from(found, ([, first, last]) => [first, last])
        .flat()
        .filter((number) => number !== undefined)
        .map((number) => ({ path, number }))
    })

  it("is cited somewhere", () => {
    expect(citations.length).toBeGreaterThan(10)
  })

  it.each(citations)("that is cited exists: §$number in $path", ({ number }) => {
    expect(headings).toContain(number)
  })

  it("that this document cites exists", () => {
    // RFC 6298 is cited without a section; every other number is a section of this document.
    for (const [, number] of document.matchAll(/§(\d+(?:\.\d+)*)/g)) expect(headings).toContain(number)
  })

  it("is in numerical order and unique", () => {
    const sorted = headings.toSorted((a = "", b = "") => a.localeCompare(b, "en", { numeric: true }))
    expect(headings).toEqual(sorted)
    expect(new Set(headings).size).toBe(headings.length)
  })
})
