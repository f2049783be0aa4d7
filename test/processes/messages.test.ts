/** Texts and files from `holub send` to `holub serve`. */
import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { content } from "../protocol/classic/exchange.ts"
import { folder, inTurn, send, sendClassic, serve, serveClassic, type Server, tidy } from "./holub.ts"

afterEach(tidy)

const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex")

/** The lines `received` of a server once there are so many. */
const received = async ({ process }: Server, count: number) => {
  await process.line("received", count - 1)
  return process.lines.filter(({ type }) => type === "received")
}

describe("a text", () => {
  it.each(["flock", "classic"])("arrives unchanged over %s, and both ends report the same", async (wire) => {
    const server = await serve("--wire", wire)
    const text = "Příliš žluťoučký kůň\n\túpěl 🐴 \"ódy\""
    const { code, lines } = await send(server, ["--wire", wire, "--text", text])
    expect(code).toBe(0)
    const [line] = await received(server, 1)
    const fragments = wire === "classic" ? { fragments: 1, fragmentSize: expect.any(Number) } : {}
    const same = { id: "1", kind: "text", size: Buffer.byteLength(text), sha256: sha256(text), ...fragments }
    expect(line).toMatchObject({ ...same, text, damaged: 0, damagedNumbers: [] })
    expect(lines).toMatchObject([{ ...same, type: "sent", peer: server.address, confirmed: true }])
    expect(server.files()).toEqual([])
  })

  it("may be empty, and may be longer than a datagram", async () => {
    const server = await serve()
    const long = "ahoj ".repeat(20_000)
    expect((await send(server, ["--text", "", "--text", long])).code).toBe(0)
    expect(await received(server, 2)).toMatchObject([{ text: "", size: 0 }, { text: long, size: 100_000 }])
  })

  it("arrives when only one of the addresses of a name has a server", async () => {
    const server = await serve()
    expect((await send({ address: `localhost:${server.port}` }, ["--text", "ahoj"])).code).toBe(0)
    expect(await received(server, 1)).toMatchObject([{ text: "ahoj" }])
  })

  it("arrives in fragments of one byte over classic", async () => {
    const server = await serveClassic()
    expect((await sendClassic(server, ["--fragment-size", "1", "--text", "žluť"])).code).toBe(0)
    expect(await received(server, 1)).toMatchObject([{ text: "žluť", fragments: 6 }])
  })

  it("arrives in the other dialect of classic", async () => {
    const server = await serveClassic()
    expect((await sendClassic(server, ["--dialect", "payload", "--fragment-size", "4", "--text", "ahoj"])).code).toBe(0)
    expect(await received(server, 1)).toMatchObject([{ text: "ahoj", fragmentSize: 4 }])
  })
})

describe("a file", () => {
  it("arrives whole, under its name, private, and is reported by its absolute path", async () => {
    const server = await serve()
    const home = folder()
    const bytes = content(1_000_003)
    writeFileSync(join(home, "a.bin"), bytes)
    const { code, lines } = await send(server, ["a.bin"], { cwd: home })
    expect(code).toBe(0)
    const [line] = await received(server, 1)
    const path = join(server.inbox, "a.bin")
    expect(line).toMatchObject({ kind: "file", name: "a.bin", path, size: bytes.length, sha256: sha256(bytes) })
    expect(lines).toMatchObject([{ type: "sent", name: "a.bin", path: join(home, "a.bin"), sha256: sha256(bytes) }])
    expect(readFileSync(path).equals(bytes)).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(server.files()).toEqual(["a.bin"])
  })

  it("may be empty", async () => {
    const server = await serve()
    const home = folder()
    writeFileSync(join(home, "empty"), "")
    expect((await send(server, ["empty"], { cwd: home })).code).toBe(0)
    expect(await received(server, 1)).toMatchObject([{ name: "empty", size: 0, sha256: sha256("") }])
    expect(statSync(join(server.inbox, "empty")).size).toBe(0)
  })

  it("keeps its name, with all characters that are safe", async () => {
    const safe = ["příloha číslo 1.txt", "日本語 🐴.bin", "-", "--to", "a'b`c$d.txt", "no extension", "x".repeat(255)]
    const names = [...safe, "می\u200cخواهم.txt", "क्\u200dष", "👨\u200d👩\u200d👧.png"]
    const server = await serve()
    const home = folder()
    for (const name of names) writeFileSync(join(home, name), name)
    const { code } = await send(server, names.map((name) => `./${name}`), { cwd: home })
    expect(code).toBe(0)
    const lines = await received(server, names.length)
    expect(lines.map(({ name, path }) => [name, path])).toEqual(names.map((name) => [name, join(server.inbox, name)]))
    for (const name of names) expect(readFileSync(join(server.inbox, name), "utf8")).toBe(name)
  })

  it("arrives under its base name", async () => {
    const server = await serve()
    const home = folder()
    mkdirSync(join(home, "deep", "er"), { recursive: true })
    writeFileSync(join(home, "deep", "er", "a.txt"), "a")
    expect((await send(server, ["deep/../deep/er/a.txt"], { cwd: home })).code).toBe(0)
    await received(server, 1)
    expect(server.files()).toEqual(["a.txt"])
  })

  it("of a name that is taken gets a number, and the first one stays as it is", async () => {
    const server = await serve()
    const home = folder()
    await inTurn(["first", "second", "third"], async (text) => {
      writeFileSync(join(home, "notes.tar.gz"), text)
      expect((await send(server, ["notes.tar.gz"], { cwd: home })).code).toBe(0)
    })
    expect((await received(server, 3)).map(({ path }) => path)).toEqual([
      join(server.inbox, "notes.tar.gz"),
      join(server.inbox, "notes.tar (1).gz"),
      join(server.inbox, "notes.tar (2).gz")
    ])
    expect(readFileSync(join(server.inbox, "notes.tar.gz"), "utf8")).toBe("first")
    expect(readFileSync(join(server.inbox, "notes.tar (2).gz"), "utf8")).toBe("third")
  })

  it("of a name that is taken replaces the first one under --if-exists overwrite", async () => {
    const server = await serve("--if-exists", "overwrite")
    const home = folder()
    await inTurn(["first", "second"], async (text) => {
      writeFileSync(join(home, "a"), text)
      expect((await send(server, ["a"], { cwd: home })).code).toBe(0)
    })
    expect(server.files()).toEqual(["a"])
    expect(readFileSync(join(server.inbox, "a"), "utf8")).toBe("second")
  })
})

describe("several messages in one command", () => {
  it("arrive in the order of the command line, equal ones too", async () => {
    const server = await serve()
    const home = folder()
    for (const name of ["b", "a"]) writeFileSync(join(home, name), name.repeat(5000))
    const { code, lines } = await send(server, ["b", "--text", "x", "--text", "x", "a", "b", "--text", "y"], {
      cwd: home
    })
    expect(code).toBe(0)
    const order = (await received(server, 6)).map(({ name, text }) => name ?? text)
    expect(order).toEqual(["b", "x", "x", "a", "b", "y"])
    expect(lines.map(({ id, type }) => [type, id])).toEqual(["1", "2", "3", "4", "5", "6"].map((id) => ["sent", id]))
    expect(server.files()).toEqual(["a", "b", "b (1)"])
    expect(server.process.lines.filter(({ type }) => type === "connected")).toHaveLength(1)
  })
})

describe("standard input", () => {
  it("is sent as a file under --name", async () => {
    const server = await serve()
    const bytes = content(300_000)
    const { code, lines } = await send(server, ["--name", "src.tar", "-"], { input: bytes })
    expect(code).toBe(0)
    await received(server, 1)
    expect(readFileSync(join(server.inbox, "src.tar")).equals(bytes)).toBe(true)
    expect(lines[0]).not.toHaveProperty("path")
  })

  it("is called stdin without it, may be empty, and is sent in its order", async () => {
    const server = await serve()
    expect((await send(server, ["--text", "1", "-", "--text", "2"], { input: "" })).code).toBe(0)
    expect(await received(server, 3)).toMatchObject([{ text: "1" }, { name: "stdin", size: 0 }, { text: "2" }])
  })
})

describe("twenty senders at once", () => {
  it.each([["flock", []], ["classic", ["--fragment-size", "100"]]])("mix nothing up over %s", async (wire, flags) => {
    const server = await serve("--wire", wire)
    const home = folder()
    const contents = Array.from({ length: 20 }, (_, index) => Buffer.alloc(20_000 + index, `sender ${index};`))
    contents.forEach((bytes, index) => writeFileSync(join(home, `${index}.txt`), bytes))
    const ended = await Promise.all(
      contents.map((_, index) =>
        send(server, [`${index}.txt`, "--text", `text ${index}`, "--wire", wire, ...flags], { cwd: home })
      )
    )
    expect(ended.map(({ code }) => code)).toEqual(contents.map(() => 0))
    const lines = await received(server, 40)
    expect(new Set(lines.map(({ id }) => id)).size).toBe(40)
    for (const [index, bytes] of contents.entries()) {
      expect(readFileSync(join(server.inbox, `${index}.txt`)).equals(bytes)).toBe(true)
      const peer = lines.find(({ name }) => name === `${index}.txt`)?.["peer"]
      expect(lines.filter((line) => line["peer"] === peer).map(({ name, text }) => name ?? text)).toEqual([
        `${index}.txt`,
        `text ${index}`
      ])
    }
    expect(server.files()).toHaveLength(20)
  })
})
