import { describe, expect, it } from "vitest"
import { escaped, TelnetFilter } from "../../../src/protocol/framing/TelnetFilter.ts"
import { hex } from "./codecs.ts"

const filtered = (reads: ReadonlyArray<Uint8Array>): string => {
  const telnet = new TelnetFilter()
  const kept = [...reads.map((bytes) => telnet.handleBytes(bytes)), telnet.handleEnd()]
  return Buffer.concat(kept).toString("hex")
}

describe("telnet", () => {
  it.each([
    ["commands without an option", "61 ff f1 62 ff f9", "6162"],
    ["commands with an option, also where the option is a line feed", "ff fb 0a 61 ff fd 01 62 ff fe 03", "6162"],
    ["a subnegotiation, with 0xFF twice in it", "61 ff fa 18 00 ff ff 0a ff f0 62", "6162"],
    ["nothing but 0xFF twice, which is that byte", "61 ff ff 62", "61ff62"],
    ["nothing before a byte that is no command", "ff 0a 61 ff 62", "ff0a61ff62"],
    ["nothing at the end", "61 ff", "61ff"]
  ])("removes %s, wherever it is cut", (_, input, output) => {
    const bytes = hex(input)
    expect(filtered([bytes])).toBe(output)
    expect(filtered(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toBe(output)
    for (let at = 1; at < bytes.length; at++) expect(filtered([bytes.slice(0, at), bytes.slice(at)])).toBe(output)
  })

  it("keeps the read where there is nothing to remove", () => {
    const bytes = hex("61 0a")
    expect([new TelnetFilter().handleBytes(bytes), escaped(bytes)]).toEqual([bytes, bytes])
  })

  it.each([["61"], ["ff ff"], ["ff 61"]])("refuses a subnegotiation without an end, of %s", (piece) => {
    const telnet = new TelnetFilter()
    expect([...telnet.handleBytes(hex("62 ff fa"))]).toEqual([0x62])
    const bytes = hex(piece)
    for (let count = 0; count + bytes.length <= 1024; count += bytes.length) telnet.handleBytes(bytes.slice())
    expect(telnet.failure).toBeUndefined()
    telnet.handleBytes(bytes)
    expect(telnet.failure?.reason).toBe("Malformed")
  })

  it("is understood again as it was sent", () => {
    const bytes = hex("ff 61 ff ff f0 ff fa")
    expect(filtered([escaped(bytes)])).toBe(Buffer.from(bytes).toString("hex"))
  })
})
