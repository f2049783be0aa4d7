/** Compares the part "Framings" of docs/PROTOCOL.md with the code: its table of forms, its limits and its examples. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import type { Decoded, Message } from "../../../src/protocol/framing/Framing.ts"
import * as Limits from "../../../src/protocol/framing/FramingLimits.ts"
import { forms } from "../../../src/protocol/framing/FramingName.ts"
import { framingOf, hex } from "./codecs.ts"

const [, part = ""] = readFileSync(new URL("../../../docs/PROTOCOL.md", import.meta.url), "utf8").split(
  /\n# (?:Framings|Conversations)\n/
)
const [rules = "", received = "", sent = ""] = part.split(/\n(?:Received|Sent)[,:]/)

/** The cells of the rows with three cells, without backticks. */
const rows = (text: string): ReadonlyArray<readonly [string, string, string]> =>
  text.split("\n").filter((line) => line.startsWith("| `")).map((line) => {
    const [first = "", second = "", third = ""] = line.slice(1, -1).split("|").map((cell) =>
      cell.replaceAll("`", "").trim()
    )
    return [first, second, third]
  })

const digits = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex").replaceAll(/..(?=.)/g, "$& ")

/** A message as the document writes it. */
const cellOf = ({ bytes, type }: Message): string => `${type === undefined ? "" : `${type}: `}${digits(bytes)}`

const messageOf = (cell: string): Message => {
  const [bytes = "", type] = cell.split(": ").toReversed()
  return type === undefined ? { bytes: hex(bytes) } : { bytes: hex(bytes), type: Number(type) }
}

const cellsOf = ({ failure, messages }: Decoded): ReadonlyArray<string> => [
  ...messages.map(cellOf),
  ...failure === undefined ? [] : [failure.reason]
]

describe("the document of framings", () => {
  it("has a row for each form", () => {
    const documented = rows(rules).flatMap(([form]) => form.split(", "))
    const words = (form: string) =>
      form.startsWith("prefix:") ? "prefix:u16 prefix:u32 prefix:varint".split(" ") : [form]
    expect(documented).toEqual(forms.flatMap(({ form }) => words(form)))
  })

  it("has examples of each framing, in both directions", () => {
    const names = (text: string) => new Set(rows(text).map(([name]) => /^[a-z]+/.exec(name)?.[0]))
    const all = forms.map(({ form }) => /^[a-z]+/.exec(form)?.[0])
    expect(all.filter((name) => !names(received).has(name))).toEqual([])
    expect(all.filter((name) => !names(sent).has(name) && name !== "chunk" && name !== "auto")).toEqual([])
  })

  it.each(rows(received))("says what %s makes of the reads %s", (name, reads, messages) => {
    const codec = framingOf(name).open()
    const all = reads.split("·").flatMap((read) =>
      cellsOf(read.trim() === "$" ? codec.handleEnd() : codec.handleBytes(hex(read), 0))
    )
    expect(all).toEqual(messages.split("·").map((cell) => cell.trim()))
  })

  it.each(rows(sent))("says what %s makes of the message %s", (name, message, bytes) => {
    const encoded = framingOf(name).open().encode(messageOf(message))
    expect(encoded === undefined ? "–" : digits(encoded)).toBe(bytes)
  })

  it("has the limits of the code", () => {
    const { datagramBytes, delimiterBytes, fullReadBytes, holdMillis, lengthDigits, messageBytes, paddedHeaderBytes } =
      Limits
    for (
      const text of [
        `at most ${messageBytes} bytes`,
        `1 to ${delimiterBytes} bytes of UTF-8`,
        `N bytes (1 to ${paddedHeaderBytes})`,
        `at most ${datagramBytes} bytes`,
        `A read of ${fullReadBytes} bytes or more`,
        `${holdMillis} ms after`,
        `1 to ${lengthDigits} digits`,
        `at most ${Limits.subnegotiationBytes} bytes between them`
      ]
    ) expect(rules).toContain(text)
  })
})
