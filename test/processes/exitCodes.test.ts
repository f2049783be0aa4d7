/** The exit codes of both commands, each by a real failure. */
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { content } from "../protocol/classic/exchange.ts"
import { folder, holub, inTurn, send, sendClassic, serve, serveClassic, tidy } from "./holub.ts"
import { bytesOf, dismiss, finFrame, framesOf, Stranger } from "./Stranger.ts"

afterEach(() => {
  dismiss()
  return tidy()
})

const homeWith = (files: Readonly<Record<string, string | Uint8Array>>): string => {
  const home = folder()
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(home, name), bytes)
  return home
}

/** A port that is not in use. */
const closedPort = async (): Promise<number> => {
  const socket = createSocket("udp4")
  socket.bind(0, "127.0.0.1")
  await once(socket, "listening")
  const { port } = socket.address()
  socket.close()
  await once(socket, "close")
  return port
}

describe("exit code 1", () => {
  it("is an unexpected failure, reported in one object", async () => {
    const home = homeWith({
      "broken.mjs": `import dgram from "node:dgram"
import { syncBuiltinESMExports } from "node:module"
dgram.createSocket = () => { throw new Error("no sockets today") }
syncBuiltinESMExports()`
    })
    const env = { NODE_OPTIONS: `--import=${join(home, "broken.mjs")}` }
    const { code, lines, stderr } = await sendClassic({ address: "127.0.0.1:4041" }, ["--text", "x"], { env })
    expect([code, stderr]).toEqual([1, ""])
    expect(lines).toMatchObject([{ type: "error", code: "Unexpected", exitCode: 1 }])
    expect(lines[0]?.["message"]).toContain("no sockets today")
  })
})

describe("exit code 2", () => {
  it("is a port in use, with a hint at another", async () => {
    const { address, process } = await serve()
    const port = address.split(":")[1] ?? ""
    const ended = await holub(["serve", "--json", "--port", port, "--dir", "inbox"]).ended
    expect(ended.code).toBe(2)
    expect(ended.lines).toMatchObject([{ type: "error", code: "AddressInUse", exitCode: 2 }])
    expect(ended.lines[0]?.["hint"]).toContain("--port 0")
    expect(process.child.exitCode).toBeNull()
  })

  it("is an address of another machine", async () => {
    const { code, lines } = await holub(["serve", "--json", "--host", "192.0.2.1", "--port", "0", "--dir", "i"]).ended
    expect([code, lines[0]?.["code"]]).toEqual([2, "AddressNotAvailable"])
  })

  it("is a wrong command line, reported on stderr for people and on stdout for scripts", async () => {
    const people = await holub(["send", "--tow", "h:1", "a"], { env: { HOLUB_TO: "127.0.0.1:9" } }).ended
    expect(people).toMatchObject({
      code: 2,
      stdout: "",
      stderr: "holub: send has no flag --tow\n       did you mean --to?\n"
    })
    const script = await holub(["send", "--tow", "h:1", "a", "--json"]).ended
    expect(script).toMatchObject({ code: 2, stderr: "", lines: [{ type: "error", code: "Usage", exitCode: 2 }] })
  })

  it("is a host without --to before the file, with the correct command as a hint", async () => {
    const home = homeWith({ "a b.txt": "a" })
    const { code, stderr, stdout } = await holub(["send", "192.0.2.7", "a b.txt"], { cwd: home }).ended
    expect([code, stdout]).toEqual([2, ""])
    expect(stderr).toMatch(/^holub: --to .*\n {7}write: holub send --to 192\.0\.2\.7 'a b\.txt'\n$/)
    writeFileSync(join(home, "192.0.2.7"), "a file of that name")
    const named = await holub(["send", "192.0.2.7", "--json"], { cwd: home }).ended
    expect(named.lines).toMatchObject([
      { code: "Usage", exitCode: 2, hint: "set HOLUB_TO, or write: holub send --to HOST 192.0.2.7 --json" }
    ])
  })

  it("is a wrong command line that names a property of every object", async () => {
    const { code, stderr, stdout } = await holub(["send", "--constructor"]).ended
    expect([code, stdout]).toEqual([2, ""])
    expect(stderr).toMatch(/^holub: send has no flag --constructor\n/)
  })

  it("is a malformed value in the environment, even one that --json makes useless", async () => {
    const { code, lines } = await holub(["serve", "--json", "--port", "0", "--dir", "i", "--once"], {
      env: { HOLUB_QUIET: "maybe", HOLUB_WIRE: "classic" }
    }).until((program) => program.lines[0] && { code: program.child.exitCode, lines: program.lines })
    expect(lines).toMatchObject([{ type: "error", code: "Usage", message: expect.stringContaining("HOLUB_QUIET") }])
    expect([null, 2]).toContain(code)
  })

  it("is reported in JSON when the environment sets it", async () => {
    const { code, stderr, stdout } = await holub(["send"], { env: { HOLUB_JSON: "true" } }).ended
    expect([code, stderr]).toEqual([2, ""])
    expect(JSON.parse(stdout)).toMatchObject({ type: "error", code: "Usage", exitCode: 2 })
  })
})

describe("exit code 3", () => {
  it("is a closed port, with a hint at address, port and firewall", async () => {
    const address = `127.0.0.1:${await closedPort()}`
    const { code, lines, stderr } = await send({ address }, ["--text", "x", "--text", "y"])
    expect([code, stderr]).toEqual([3, ""])
    const error = { type: "error", code: "Unreachable", exitCode: 3 }
    expect(lines).toMatchObject([{ ...error, hint: expect.stringMatching(/address.*port.*firewall/) }])
    // Without a handshake, the first message is what fails.
    const overClassic = await sendClassic({ address }, ["--text", "x", "--text", "y"])
    expect([overClassic.code, overClassic.lines.length]).toEqual([3, 2])
    expect(overClassic.lines[0]).toMatchObject(error)
    expect(overClassic.lines[1]).toMatchObject({
      type: "error",
      code: "NotSent",
      exitCode: 3,
      message: expect.stringMatching(/^1 message/)
    })
  })
})

describe("exit code 6", () => {
  it("is a file over the server's quota, of which nothing is left", async () => {
    const server = await serve("--quota", "10k")
    const home = homeWith({ big: content(10_001), small: content(9_000) })
    const { code, lines } = await send(server, ["big"], { cwd: home })
    expect(code).toBe(6)
    expect(lines).toMatchObject([{ type: "error", code: "OverQuota", exitCode: 6 }])
    expect(await server.process.line("error")).toMatchObject({ code: "OverQuota", exitCode: 8 })
    expect(server.files()).toEqual([])
    expect((await send(server, ["small"], { cwd: home })).code).toBe(0)
    expect((await send(server, ["small"], { cwd: home })).code).toBe(6)
    expect(server.files()).toEqual(["small"])
  })

  it("is any refusal over classic, which carries no reason: a name that is taken under --if-exists fail", async () => {
    const server = await serveClassic("--if-exists", "fail")
    const home = homeWith({ a: "first" })
    expect((await sendClassic(server, ["a"], { cwd: home })).code).toBe(0)
    writeFileSync(join(home, "a"), content(1_000_000))
    const { code, lines } = await sendClassic(server, ["a"], { cwd: home })
    expect(code).toBe(6)
    expect(lines).toMatchObject([{ type: "error", code: "Declined", exitCode: 6, hint: expect.any(String) }])
    expect(await server.process.line("error")).toMatchObject({ code: "TargetExists", exitCode: 9 })
    expect(server.files()).toEqual(["a"])
    expect(readFileSync(join(server.inbox, "a"), "utf8")).toBe("first")
  })

  it("is an inbox that was removed, and the server accepts files again once it is restored", async () => {
    const server = await serve()
    const home = homeWith({ a: "a" })
    rmSync(server.inbox, { recursive: true })
    expect((await send(server, ["a"], { cwd: home })).code).toBe(6)
    expect(await server.process.line("error")).toMatchObject({ exitCode: 8 })
    expect((await send(server, ["--text", "x"])).code).toBe(0)
  })
})

describe("exit code 8", () => {
  it.each([
    ["a file that does not exist", "missing", "NotFound"],
    ["a directory", "folder", "NotAFile"],
    ["a path through a file", "a/b", "NotFound"],
    ["a name that no file can have", "x".repeat(300), "UnsafeName"]
  ])("is %s, before anything is sent", async (_, path, reason) => {
    const server = await serve()
    const home = homeWith({ a: "a" })
    mkdirSync(join(home, "folder"))
    const { code, lines } = await send(server, ["a", "--text", "x", path], { cwd: home })
    expect(lines).toMatchObject([{ type: "error", code: reason, exitCode: 8 }])
    expect(code).toBe(8)
    expect((await send(server, ["a"], { cwd: home })).code).toBe(0)
    await server.process.line("received")
    expect(server.process.lines.filter(({ type }) => type === "connected")).toHaveLength(1)
  })

  it("needs no server", async () => {
    const { code } = await send({ address: `127.0.0.1:${await closedPort()}` }, ["missing"])
    expect(code).toBe(8)
  })
})

describe("exit code 9", () => {
  it("is a name that is taken under --if-exists fail, and the first file stays", async () => {
    const server = await serve("--if-exists", "fail")
    const home = homeWith({ a: "first" })
    expect((await send(server, ["a"], { cwd: home })).code).toBe(0)
    writeFileSync(join(home, "a"), content(1_000_000))
    const { code, lines } = await send(server, ["a"], { cwd: home })
    expect(code).toBe(9)
    expect(lines).toMatchObject([{ type: "error", code: "TargetExists", exitCode: 9 }])
    expect(readFileSync(join(server.inbox, "a"), "utf8")).toBe("first")
  })
})

describe("exit code 10", () => {
  it("is one file of two that was declined, and the other arrives, in either order", async () => {
    const server = await serve("--if-exists", "fail")
    const home = homeWith({ taken: content(200_000), fresh: "a", later: "b" })
    writeFileSync(join(server.inbox, "taken"), "first")
    const { code, lines } = await send(server, ["taken", "fresh"], { cwd: home })
    expect(code).toBe(10)
    expect(lines).toMatchObject([{ type: "error", code: "TargetExists" }, { type: "sent", id: "2", name: "fresh" }])
    expect(lines[0]?.["message"]).toContain(join(home, "taken"))
    expect((await send(server, ["later", "taken"], { cwd: home })).code).toBe(10)
    expect(server.files()).toEqual(["fresh", "later", "taken"])
  })
})

describe("a server for one peer ends with its outcome", () => {
  it("0 when all arrived and the peer left", async () => {
    const server = await serve("--once")
    expect((await send(server, ["--text", "a", "--text", "b"])).code).toBe(0)
    const { code, lines } = await server.process.ended
    expect(code).toBe(0)
    // A late packet of the peer that has left may be dropped.
    expect(lines.map(({ type }) => type).filter((type) => type !== "dropped")).toEqual([
      "listening",
      "connected",
      "started",
      "received",
      "started",
      "received",
      "disconnected"
    ])
  })

  it("9 when the name was taken, and its sender is refused in the middle of the file", async () => {
    const server = await serve("--once", "--if-exists", "fail")
    writeFileSync(join(server.inbox, "a"), "first")
    const home = homeWith({ a: content(1_000_000) })
    expect((await send(server, ["a"], { cwd: home })).code).toBe(9)
    expect((await server.process.ended).code).toBe(9)
  })

  it("8 when the quota was too small, and its sender is refused", async () => {
    const server = await serve("--once", "--quota", "1k")
    const home = homeWith({ a: content(1001) })
    expect((await send(server, ["a"], { cwd: home })).code).toBe(6)
    expect((await server.process.ended).code).toBe(8)
  })

  it("10 when one arrived and one did not", async () => {
    const server = await serve("--once", "--if-exists", "fail")
    writeFileSync(join(server.inbox, "a"), "first")
    const home = homeWith({ a: "a" })
    expect((await send(server, ["--text", "x", "a"], { cwd: home })).code).toBe(10)
    expect((await server.process.ended).code).toBe(10)
  })

  it("5 when the peer left in the middle of a message, which leaves no file", async () => {
    const server = await serveClassic("--once")
    const stranger = await Stranger.to(server.port)
    const frames = framesOf({ kind: "F", name: [bytesOf("a")], content: [bytesOf("one"), bytesOf("two")] })
    await inTurn(frames.slice(0, 3), (frame) => stranger.ask(frame))
    await stranger.send(finFrame)
    const { code, lines } = await server.process.ended
    expect(code).toBe(5)
    expect(lines.at(-2)).toMatchObject({
      type: "error",
      exitCode: 5,
      message: expect.stringContaining("did not arrive")
    })
    expect(server.files()).toEqual([])
  })

  it("which is that of the next one when a peer connected and left without a message", async () => {
    const server = await serveClassic("--once", "--if-exists", "fail")
    const stranger = await Stranger.to(server.port)
    await stranger.ask({ sequence: 0, count: 0, size: 13, type: 4 })
    await stranger.send(finFrame)
    await server.process.line("disconnected")
    writeFileSync(join(server.inbox, "a"), "first")
    expect((await sendClassic(server, ["a"], { cwd: homeWith({ a: "second" }) })).code).toBe(6)
    expect((await server.process.ended).code).toBe(9)
  })
})
