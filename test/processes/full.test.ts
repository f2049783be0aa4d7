/** Disks and devices that are full, at either end. Disks are small file systems that only the server's process sees. */
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { content } from "../protocol/classic/exchange.ts"
import { folder, holub, program, Running, send, serve, type Server, serveWith, tidy } from "./holub.ts"

afterEach(tidy)

/** The command by which this user can mount a file system that ends with the process: as root, or as root of a namespace. */
const privately = (): ReadonlyArray<string> => {
  const ways = [["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"]]
  const mounting = ["sh", "-c", "mount -t tmpfs -o size=1m tmpfs \"$0\"", folder()]
  const way = ways.find(([command = "", ...args]) => spawnSync(command, [...args, ...mounting]).status === 0)
  if (way === undefined) {
    throw new Error(
      "no file system can be mounted, neither by this user nor in a user namespace: these tests need `unshare`, and the right"
    )
  }
  return way
}

interface SmallDisk extends Server {
  /** The inbox as this process can reach it. */
  readonly seen: string
}

/** A server whose inbox is a disk of its own, mounted with `options`. */
const serveOnDisk = async (options: string): Promise<SmallDisk> => {
  const inbox = folder()
  const mountAndRun = "mount -t tmpfs -o \"$0\" tmpfs \"$1\" && shift && exec \"$@\""
  const server = await serveWith({ inbox, by: [...privately(), "sh", "-c", mountAndRun, options, inbox] })
  const seen = `/proc/${server.process.child.pid}/root${inbox}`
  return { ...server, seen, files: () => readdirSync(seen).toSorted() }
}

const homeWith = (name: string, bytes: Uint8Array): string => {
  const home = folder()
  writeFileSync(join(home, name), bytes)
  return home
}

/** Waits until bytes of a file are on the disk. */
const partHasBytes = async (server: SmallDisk): Promise<void> => {
  const [part] = server.files()
  if (part !== undefined && statSync(join(server.seen, part)).size > 0) return
  await new Promise((resolve) => setTimeout(resolve, 5))
  await partHasBytes(server)
}

const expectSmallFile = async (server: SmallDisk): Promise<void> => {
  const home = homeWith("small.txt", content(1000))
  expect((await send(server, ["small.txt"], { cwd: home })).code).toBe(0)
  expect(readFileSync(join(server.seen, "small.txt")).equals(content(1000))).toBe(true)
}

describe("F9 a full disk", () => {
  it("is refused before the first byte is written when it is known to be too small", async () => {
    const server = await serveOnDisk("size=2m")
    const home = homeWith("big.bin", content(3_000_000))
    const { code, lines } = await send(server, ["big.bin"], { cwd: home })
    expect(code).toBe(6)
    expect(lines).toMatchObject([{ type: "error", code: "NoSpace", exitCode: 6 }])
    expect(await server.process.line("error")).toMatchObject({
      code: "NoSpace",
      exitCode: 8,
      message: expect.stringMatching(/"big\.bin" .*needs at least \d+ bytes.*free some space/)
    })
    expect(server.files()).toEqual([])
    await expectSmallFile(server)
  })

  it("that fills up in the middle of a file fails that file alone: its part is removed, and a small file fits", async () => {
    const server = await serveOnDisk("size=3m")
    const home = homeWith("big.bin", content(2_000_000))
    const sending = send(server, ["--limit", "300k", "big.bin"], { cwd: home })
    await partHasBytes(server)
    // Now no block is free.
    let filled = 0
    expect(() => {
      for (; filled < 5000; filled++) {
        writeFileSync(join(server.seen, "filler"), new Uint8Array(4096), { flag: "a" })
      }
    }).toThrow("ENOSPC")
    expect((await sending).code).toBe(6)
    expect(await server.process.line("error")).toMatchObject({
      code: "NoSpace",
      exitCode: 8,
      message: expect.stringMatching(/^"big\.bin" from .* was refused: .*the disk is full; free some space$/)
    })
    expect(filled).toBeGreaterThan(0)
    expect(server.files()).toEqual(["filler"])
    await expectSmallFile(server)
  })

  it("that has no room for another name refuses the file, and accepts it when there is room", async () => {
    // The root's own entry, and two more: a file needs both while it is published.
    const server = await serveOnDisk("size=2m,nr_inodes=3")
    for (const name of ["one", "two"]) writeFileSync(join(server.seen, name), "")
    const home = homeWith("a.txt", content(10))
    const sendFile = () => send(server, ["a.txt"], { cwd: home })
    expect((await sendFile()).code).toBe(6)
    rmSync(join(server.seen, "one"))
    expect((await sendFile()).code).toBe(6)
    expect(await server.process.line("error", 1)).toMatchObject({ code: "NoSpace", exitCode: 8 })
    expect(server.files()).toEqual(["two"])
    rmSync(join(server.seen, "two"))
    expect((await sendFile()).code).toBe(0)
    expect(server.files()).toEqual(["a.txt"])
  })
})

/** The program with a full device for one of its outputs. */
const withFull = (output: 1 | 2, args: ReadonlyArray<string>): Running =>
  new Running("sh", ["-c", `exec "$0" "$@" ${output}>/dev/full`, process.execPath, program, ...args])

const cannotWrite = /^holub: standard output cannot be written: ENOSPC[^\n]*\n$/

describe("F9 a full device as standard output", () => {
  it.each([
    ["the version", ["--version"]],
    ["the help", ["--help"]],
    ["the help of a command", ["send", "--help"]],
    ["a server's lines", ["serve", "--port", "0", "--dir", "inbox", "--json"]]
  ])("that cannot take %s ends the program with 8 and one clear line", async (_, args) => {
    expect(await withFull(1, args).ended).toMatchObject({ code: 8, stderr: expect.stringMatching(cannotWrite) })
  })

  it("ends a sender with --json, with 8", async () => {
    const server = await serve()
    const ended = await withFull(1, ["send", "--to", server.address, "--json", "--text", "x"]).ended
    expect(ended).toMatchObject({ code: 8, stderr: expect.stringMatching(cannotWrite) })
  })

  it("does not affect a sender that writes nothing there", async () => {
    const server = await serve()
    const { code, stderr } = await withFull(1, ["send", "--to", server.address, "--text", "x"]).ended
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^sent text: 1 B in /)])
    expect(await server.process.line("received")).toMatchObject({ text: "x" })
  })

  it("ends a server for people at its first result, which is reported as delivered to its sender", async () => {
    const server = withFull(1, ["serve", "--port", "0", "--dir", "inbox"])
    const port = await server.until(({ stderr }) => /^listening at 127\.0\.0\.1:(\d+),/m.exec(stderr)?.[1])
    expect((await send({ address: `127.0.0.1:${port}` }, ["--text", "x"])).code).toBe(0)
    expect(await server.ended).toMatchObject({
      code: 8,
      stderr: expect.stringMatching(/\nholub: standard output cannot be written: ENOSPC/)
    })
  })

  it("does not affect a server that has written nothing there", async () => {
    const server = withFull(1, ["serve", "--port", "0", "--dir", "inbox"])
    await server.until(({ stderr }) => stderr.includes("listening at") ? true : undefined)
    server.kill("SIGTERM")
    const { code, stderr } = await server.ended
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("cannot be written")])
  })
})

describe("F9 a full device as standard error", () => {
  it("changes no exit code", async () => {
    expect((await withFull(2, ["send", "--to", "127.0.0.1:1", "missing"]).ended).code).toBe(8)
    const server = await serve()
    expect((await withFull(2, ["send", "--to", server.address, "--text", "x"]).ended).code).toBe(0)
    expect(await server.process.line("received")).toMatchObject({ text: "x" })
    expect((await holub(["send", "--to", server.address, "--quiet", "--text", "y"]).ended).code).toBe(0)
  })
})
