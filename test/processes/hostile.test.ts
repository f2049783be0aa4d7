/** Malicious peers: unsafe names, false announcements, and datagrams that belong to nothing. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { mischief } from "../cli/fakes.ts"
import { frameType } from "../models/frames.ts"
import {
  classic,
  folder,
  inTurn,
  residentBytes,
  sendClassic as send,
  serveClassic as serve,
  serveForPeople,
  type Server,
  tidy
} from "./holub.ts"
import { expectGoodFile, expectNoEffect, flood } from "./hostileDatagrams.ts"
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

/** Names that are refused, each with words of the error of the server. */
const unsafe: ReadonlyArray<readonly [name: string | Uint8Array, words: RegExp]> = [
  ["../../etc/passwd", /path separator/],
  ["../boo", /path separator/],
  ["/tmp/boo", /path separator/],
  ["..\\boo", /path separator/],
  ["\\\\host\\share", /path separator/],
  ["C:boo", /Windows/],
  ["boo:stream", /Windows/],
  ["boo?", /Windows/],
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

  it("is never printed raw", async () => {
    const server = await serveForPeople(...classic)
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
  it("allocates nothing before fragments arrive", async () => {
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
    // The refusal answers the next fragment.
    const content = Array<Uint8Array>(5000).fill(data)
    expect(await stranger.offer({ kind: "F", name: [bytesOf("vast")], content, count: 0xff_ff_ff })).toBe(FIN)
    expect(await server.process.line("error")).toMatchObject({ code: "OverQuota", exitCode: 8 })
    expect(server.files()).toEqual([])
    await expectGoodFile(server)
  })
})

describe("hostile datagrams (W1, S16)", () => {
  it("get no reply and no line each, and a good file afterwards arrives", () => expectNoEffect(10_000))

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
