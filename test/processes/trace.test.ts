/** The output of --trace, on both ends. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { mischief } from "../cli/fakes.ts"
import type { Line } from "./documented.ts"
import { classic, folder, holub, send, sendClassic, serve, serveClassic, serveForPeople, tidy } from "./holub.ts"

afterEach(tidy)

/** The fields of frames that are equal on both sides. */
const framesOf = (lines: ReadonlyArray<Line>, direction: string): ReadonlyArray<string> =>
  lines.filter((line) => line.type === "frame" && line["direction"] === direction).map((line) =>
    `${line["frameType"]} ${line["sequenceNumber"]}/${line["fragmentCount"]} ${line["crc"]} ${line["bytes"]} ${
      line["payload"]
    }`
  )

describe("a trace of classic", () => {
  it("shows the same frames on both ends", async () => {
    const server = await serveClassic("--trace-data")
    const home = folder()
    writeFileSync(join(home, "a.txt"), "one two three")
    const sender = await sendClassic(server, ["--trace-data", "--fragment-size", "4", "a.txt"], { cwd: home })
    await server.process.line("disconnected")
    const sent = framesOf(sender.lines, "sent")
    expect(framesOf(server.process.lines, "received")).toEqual(sent)
    const kinds = new Set(sent.map((frame) => frame.split(" ").slice(0, 2).join(" ")))
    expect([...kinds]).toEqual(["INF 2/6", "DAT 1/6", "DAT 2/6", "DAT 3/6", "DAT 4/6", "DAT 5/6", "DAT 6/6"])
    const payloads = new Set(sent.map((frame) => / \d+ (.*)$/.exec(frame.slice(8))?.[1]))
    expect([...payloads]).toEqual(["F", "a.tx", "t", "one ", "two ", "thre", "e"])
  })

  it("has keep-alives and FIN only under --trace-keepalive", async () => {
    const server = await serveClassic()
    const plain = await sendClassic(server, ["--trace", "--text", "ahoj"])
    expect(framesOf(plain.lines, "sent").filter((frame) => /^(FIN|KPA)/.test(frame))).toEqual([])
    const whole = await sendClassic(server, ["--trace-keepalive", "--text", "ahoj"])
    expect(framesOf(whole.lines, "sent").filter((frame) => frame.startsWith("FIN"))).toEqual([
      "FIN 0/0 00000000 13 undefined"
    ])
  })

  it("has a line for each frame on stderr for people, without control characters", async () => {
    const server = await serveForPeople(...classic, "--once", "--trace-data")
    const text = "\u001b[2Jahoj\n\u202e"
    const { stderr } = await holub(["send", ...classic, "--to", server.address, "--trace-data", "--text", text]).ended
    const there = await server.process.ended
    for (const shown of [stderr, there.stderr]) {
      expect(shown).toMatch(
        /^[→←] \S+ +DAT +1\/1 +\d+ {2}crc [0-9a-f]{8} ok +\d+ B {2}\\x1b\[2Jahoj\\n\\xe2\\x80\\xae$/m
      )
      expect(shown).not.toMatch(mischief)
    }
    expect(JSON.parse(there.stdout)).toBe(text)
  })

  it("shows a damaged fragment, its answer, and its repeat", async () => {
    const server = await serveClassic("--trace")
    const args = ["--trace", "--damage", "first", "--damage-kind", "flip", "--text", "ahoj"]
    const sender = await sendClassic(server, args)
    expect(sender.code).toBe(0)
    await server.process.line("received")
    const spoilt = { type: "frame", direction: "received", frameType: "DAT", sequenceNumber: 1, valid: false }
    expect(server.process.lines).toContainEqual(expect.objectContaining(spoilt))
    expect(framesOf(sender.lines, "received").some((frame) => frame.startsWith("NACK 1/1"))).toBe(true)
    expect(sender.lines.find(({ type }) => type === "sent")).toMatchObject({ damaged: 1, damagedNumbers: [1] })
  })
})

/** The fields of packets that are equal on both sides: type, number, length and frames. */
const packetsOf = (lines: ReadonlyArray<Line>, direction: string): ReadonlyArray<string> =>
  lines.filter((line) => line.type === "frame" && line["direction"] === direction).map((line) =>
    `${line["packetType"]} ${line["packetNumber"]} ${line["bytes"]} ${JSON.stringify(line["frames"])}`
  )

describe("a trace of flock", () => {
  const flock = ["--wire", "flock"]

  it("shows the same packets on both ends, from HELLO to CLOSE", async () => {
    const server = await serve(...flock, "--trace-data")
    const { code, lines } = await send(server, [...flock, "--trace-data", "--mtu", "1200", "--text", "ahoj"])
    expect(code).toBe(0)
    await server.process.line("disconnected")
    const sent = packetsOf(lines, "sent")
    // A CLOSE that is repeated when the server has freed the session cannot be decrypted.
    const received = packetsOf(server.process.lines, "received").filter((packet) =>
      !/^DATA \d+ \d+ undefined$/.test(packet)
    )
    // The client leaves after a time, whether or not its last CLOSE was read.
    expect(sent.slice(0, received.length)).toEqual(received)
    const kinds = Array.from(new Set(sent.map((packet) => packet.split(" ")[0])))
    expect(kinds).toEqual(["HELLO", "HELLO3", "DATA"])
    expect(packetsOf(lines, "received")[0]).toMatch(/^HELLO2 undefined 1200 /)
    expect(sent.find((packet) => packet.includes("ahoj"))).toMatch(/"frameType":"STREAM","streamId":0,/)
    expect(sent.at(-1)).toMatch(/^DATA \d+ \d+ \[\{"frameType":"CLOSE","code":0,"reason":""\}\]$/)
    const all = lines.filter(({ type }) => type === "frame")
    expect(all.filter(({ valid }) => valid !== true)).toEqual([])
  })

  it("has a line for each packet on stderr for people, in the order of sending and receiving", async () => {
    const server = await serve(...flock)
    const { stderr } = await holub(["send", "--to", server.address, ...flock, "--trace", "--text", "ahoj"]).ended
    const shown = stderr.split("\n").flatMap((line) =>
      /^([→←]) \S+ +(\w+) +\d* +ok +\d+ B(?: {2}(.*))?$/.exec(line)?.slice(1, 4).join(" ").trim() ?? []
    )
    // A slow machine may repeat one of them.
    const kinds = Array.from(new Set(shown.map((line) => line.split(" ", 2).join(" "))))
    expect(kinds).toEqual(["→ HELLO", "← HELLO2", "→ HELLO3", "→ DATA", "← DATA"])
    expect(shown).toContainEqual(expect.stringMatching(/^→ DATA STREAM 0 0\+\d+/))
    expect(shown.findLast((line) => line.startsWith("→"))).toBe("→ DATA CLOSE NoError")
    expect(stderr).not.toMatch(mischief)
  })
})
