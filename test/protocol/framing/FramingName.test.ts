import { describe, expect, it } from "vitest"
import { forms, parse } from "../../../src/protocol/framing/FramingName.ts"
import { framingOf } from "./codecs.ts"

/** A text of each form. */
const texts = [
  "raw",
  "chunk",
  "chunk:65536",
  "lines",
  "auto",
  "delimiter:#",
  "delimiter:a:b,c",
  "delimiter: ",
  String.raw`delimiter:\r\n`,
  "delimiter:€€€€€",
  "padded:1",
  "padded:256,zeros",
  "padded:4,zeros,hex",
  "padded:64,oneway",
  "prefix:u16",
  "prefix:u32",
  "prefix:varint",
  "typed",
  "datagram"
]

describe("the text of a framing", () => {
  it.each(texts)("%s is its name", (text) => {
    expect(framingOf(text).name).toBe(text)
  })

  it("has one spelling in the name", () => {
    expect([framingOf("chunk:1024").name, framingOf("padded:4,hex,zeros").name]).toEqual([
      "chunk",
      "padded:4,zeros,hex"
    ])
  })

  it.each([
    "",
    "line",
    "RAW",
    "raw:",
    "lines:1",
    "auto:#",
    "chunk:",
    "chunk:0",
    "chunk:65537",
    "chunk:1.5",
    "chunk:1e3",
    "chunk:99999999999",
    "delimiter",
    "delimiter:",
    "delimiter:12345678901234567",
    String.raw`delimiter:\x`,
    "padded",
    "padded:",
    "padded:0",
    "padded:257",
    "padded:4,",
    "padded:4,zero",
    "padded:4,hex,hex",
    "padded:4,hex,zeros,hex",
    "padded:4,oneway,oneway",
    "prefix",
    "prefix:u8",
    "prefix:",
    "typed:1"
  ])("%j is wrong, and the answer says how", (text) => {
    expect(parse(text)).toMatch(/^[a-z][^]{10,}[^.]$/)
  })

  it("has a form for help: each form begins a correct text, and each text has a form", () => {
    const nameOf = (text: string) => /^[a-z]+/.exec(text)?.[0]
    expect([...new Set(texts.map(nameOf))].toSorted()).toEqual(forms.map(({ form }) => nameOf(form)).toSorted())
  })
})
