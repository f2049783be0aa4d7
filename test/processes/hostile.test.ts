/** Peers that mean harm: names that are no names, announcements that are lies, datagrams that are noise. */
import { randomBytes } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { mischief } from "../cli/fakes.ts"
import { encode, frameType } from "../models/frames.ts"
import { folder, inTurn, residentBytes, send, serve, serveForPeople, type Server, tidy } from "./holub.ts"
import { bytesOf, dismiss, framesOf, Stranger } from "./Stranger.ts"

afterEach(() => {
  dismiss()
  return tidy()
})

const { ACK, FIN } = frameType
const data = bytesOf("boo")

/** Offers a file under `name` and returns the type of the last answer. */
const offer = async (server: Server, name: Uint8Array): Promise<number> => {
  const stranger = await Stranger.to(server.port)
  // In pieces that a frame can hold; an empty name is none.
  const pieces = Array.from(
    { length: Math.ceil(name.length / 1000) },
    (_, at) => name.slice(at * 1000, at * 1000 + 1000)
  )
  const type = await stranger.offer({ kind: "F", name: pieces, content: [data] })
  stranger.close()
  return type
}

const expectGoodFile = async (server: Pick<Server, "address" | "inbox">): Promise<void> => {
  const home = folder()
  writeFileSync(join(home, "good.txt"), "good")
  expect((await send(server, ["good.txt"], { cwd: home })).code).toBe(0)
  expect(readFileSync(join(server.inbox, "good.txt"), "utf8")).toBe("good")
}

/** Names that are refused, each with what the server says of it. */
const unsafe: ReadonlyArray<readonly [name: string | Uint8Array, words: RegExp]> = [
  ["../../etc/passwd", /path separator/],
  ["../boo", /path separator/],
  ["/tmp/boo", /path separator/],
  ["..\\boo", /path separator/],
  ["\\\\host\\share", /path separator/],
  ["C:boo", /colon/],
  ["boo:stream", /colon/],
  ["..", /path to a directory/],
  [".", /path to a directory/],
  ["", /empty/],
  ["a\u001b[2J", /U\+001B/],
  ["a\u009b2J", /U\+009B/],
  ["a\nb", /U\+000A/],
  ["a\u0000.txt", /U\+0000/],
  ["a\u202egpj.exe", /U\+202E/],
  ["a\u200b", /U\+200B/],
  ["a\u2028b", /U\+2028/],
  ["x".repeat(300), /300 bytes, over 255/],
  ["ž".repeat(150), /300 bytes, over 255/],
  ["x".repeat(5000), /over 255/],
  ["CON", /reserved/],
  ["con.txt", /reserved/],
  ["LPT1", /reserved/],
  ["boo.", /dot or a space/],
  ["boo ", /dot or a space/],
  [Uint8Array.of(0x61, 0xff, 0xfe), /UTF-8/],
  [Uint8Array.of(0xc0, 0xae, 0xc0, 0xae, 0x2f), /UTF-8/]
]

const bytesOfName = (name: string | Uint8Array): Uint8Array => typeof name === "string" ? bytesOf(name) : name

describe("a file name that is unsafe (F1, F5, F6, F8)", () => {
  it("is refused with FIN and a clear error, leaves nothing, and the server serves on", async () => {
    const server = await serve()
    await inTurn(unsafe, async ([name, words], index) => {
      expect([name, await offer(server, bytesOfName(name))]).toEqual([name, FIN])
      const error = await server.process.line("error", index)
      expect(error).toMatchObject({ code: "UnsafeName", exitCode: 6, message: expect.stringMatching(words) })
      expect(error["message"]).toMatch(/give the file another name$|not UTF-8$/)
    })
    expect(server.files()).toEqual([])
    expect(readdirSync(dirname(server.inbox))).toEqual(["inbox"])
    await expectGoodFile(server)
  })

  it("never reaches people's eyes raw", async () => {
    const server = await serveForPeople()
    await inTurn(unsafe, async ([name]) => expect(await offer(server, bytesOfName(name))).toBe(FIN))
    await server.process.until(({ stderr }) => stderr.split("\nholub: ").length > unsafe.length || undefined)
    await expectGoodFile(server)
    server.process.kill("SIGTERM")
    const { code, stderr, stdout } = await server.process.ended
    expect([code, stdout]).toEqual([0, `${join(server.inbox, "good.txt")}\n`])
    expect(stderr).not.toMatch(mischief)
  })
})

describe("a file name that would hide or harm (F4, F7)", () => {
  it("loses its leading dot and stays in the inbox", async () => {
    const server = await serve()
    const names = [".ssh", ".bashrc", "authorized_keys"]
    await inTurn(names, async (name) => expect(await offer(server, bytesOf(name))).toBe(ACK))
    expect(server.files()).toEqual(["_bashrc", "_ssh", "authorized_keys"])
  })

  it("that differs from another only by case or normal form gets a number", async () => {
    const server = await serve()
    const names = ["Kůň.txt", "kůň.TXT", "KŮŇ.txt".normalize("NFD")]
    await inTurn(names, async (name) => expect(await offer(server, bytesOf(name))).toBe(ACK))
    expect(server.files()).toHaveLength(3)
    expect(server.files().filter((name) => /\([12]\)/.test(name))).toHaveLength(2)
  })

  it("that is a directory in the inbox does not replace it", async () => {
    const server = await serve("--if-exists", "overwrite")
    mkdirSync(join(server.inbox, "folder"))
    expect(await offer(server, bytesOf("folder"))).toBe(FIN)
    expect(await server.process.line("error")).toMatchObject({ code: "TargetExists", exitCode: 9 })
    expect(server.files()).toEqual(["folder"])
  })
})

describe("a text with controls (F5)", () => {
  it("arrives as it was sent, and its line on stdout is one line of JSON", async () => {
    const server = await serve()
    const text = "a\u001b[2J\r\n\u2028\u0085\u202e\u0000z"
    const stranger = await Stranger.to(server.port)
    expect(await stranger.offer({ kind: "T", content: [bytesOf(text)] })).toBe(ACK)
    expect(await server.process.line("received")).toMatchObject({ text })
    expect(server.process.lines.map(({ type }) => type)).toEqual(["listening", "connected", "started", "received"])
  })

  it("that is no UTF-8 arrives with replacement characters", async () => {
    const server = await serve()
    const stranger = await Stranger.to(server.port)
    expect(await stranger.offer({ kind: "T", content: [Uint8Array.of(0x61, 0xff, 0x62)] })).toBe(ACK)
    expect(await server.process.line("received")).toMatchObject({ text: "a\ufffdb", size: 3 })
  })
})

describe("an announcement of 16,777,215 fragments (W7, F10)", () => {
  it("allocates nothing ahead of what arrives", async () => {
    const server = await serve()
    const [announcement] = framesOf({ kind: "T", content: [], count: 0xff_ff_ff })
    if (announcement === undefined) throw new Error("no announcement")
    const before = residentBytes(server.process)
    await inTurn(Array(100).keys(), async () => {
      const stranger = await Stranger.to(server.port)
      expect((await stranger.ask(announcement)).type).toBe(ACK)
    })
    // A byte for each fragment of each would be 1.6 GB.
    expect(residentBytes(server.process) - before).toBeLessThan(100e6)
    await expectGoodFile(server)
  })

  it("is refused as a file that is over the quota", async () => {
    const server = await serve("--quota", "1GiB")
    const stranger = await Stranger.to(server.port)
    // The refusal answers the fragment that comes next.
    const content = Array<Uint8Array>(5000).fill(data)
    expect(await stranger.offer({ kind: "F", name: [bytesOf("vast")], content, count: 0xff_ff_ff })).toBe(FIN)
    expect(await server.process.line("error")).toMatchObject({ code: "OverQuota", exitCode: 8 })
    expect(server.files()).toEqual([])
    await expectGoodFile(server)
  })
})

/** Noise of every sort; none of it opens a connection. */
const noise = (index: number): Uint8Array => {
  const bytes = randomBytes(1 + (index % 40))
  switch (index % 8) {
    case 0:
      return bytes.subarray(0, index % 13)
    case 1:
      return randomBytes(1459 + (index % 7000))
    case 2:
      return encode({
        sequence: index,
        count: 0xff_ff_ff,
        size: 1458,
        type: frameType.INF,
        crc: 1,
        data: Buffer.from("F")
      })
    case 3:
      return encode({ sequence: 1, count: 1, size: 20, type: frameType.DAT, data: bytes })
    case 4:
      return encode({ sequence: 1, count: 1, size: 20, type: frameType.DAT, crc: index, data: bytes })
    case 5:
      return encode({ sequence: index, count: index, size: index % 65_536, type: index % 256, crc: 1, data: bytes })
    case 6:
      return encode({ sequence: 0, count: 0, size: 13, type: index % 2 === 0 ? frameType.NACK : frameType.FIN })
    default:
      return Buffer.concat([Buffer.alloc(8), Buffer.of(index % 256), bytes])
  }
}

/** As fast as the system takes it. */
const flood = (stranger: Stranger, datagrams: number): Promise<unknown> =>
  inTurn(
    Array(datagrams / 250).keys(),
    (batch) => Promise.all(Array.from({ length: 250 }, (_, index) => stranger.raw(noise(batch * 250 + index))))
  )

describe("100,000 hostile datagrams (W1, S16)", () => {
  it("get no reply and no line, and a good file afterwards arrives", async () => {
    const server = await serve()
    const stranger = await Stranger.to(server.port)
    await flood(stranger, 100_000)
    await expectGoodFile(server)
    await server.process.line("received")
    expect(stranger.heard).toEqual([])
    expect(server.process.lines.slice(0, 4).map(({ type }) => type)).toEqual([
      "listening",
      "connected",
      "started",
      "received"
    ])
    expect(server.process.stderr).toBe("")
  })

  it("in the middle of a good transfer do it no harm", async () => {
    const server = await serve()
    const home = folder()
    writeFileSync(join(home, "a.bin"), Buffer.alloc(300_000, "a.bin"))
    const sending = send(server, ["--fragment-size", "100", "a.bin"], { cwd: home })
    await server.process.line("started")
    const stranger = await Stranger.to(server.port)
    await flood(stranger, 20_000)
    expect((await sending).code).toBe(0)
    expect(readFileSync(join(server.inbox, "a.bin")).equals(Buffer.alloc(300_000, "a.bin"))).toBe(true)
  })
})
