/** `serve` and `send` over flock. Their output is checked against its documented Schema. */
import { createHash } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { content } from "../protocol/classic/exchange.ts"
import type { Server } from "./holub.ts"
import { folder, holub, send, serve, tidy } from "./holub.ts"

afterEach(tidy)

const flock = ["--wire", "flock"]

const sendOver = (server: Pick<Server, "address">, ...args: ReadonlyArray<string>) => send(server, [...flock, ...args])

const fileOf = (bytes: Uint8Array, name = "a.bin"): string => {
  const path = join(folder(), name)
  writeFileSync(path, bytes)
  return path
}

describe("over flock", () => {
  it("texts and files arrive unchanged, and both sides report the same", async () => {
    const server = await serve(...flock)
    const bytes = content(3_000_000)
    const path = fileOf(bytes)
    const { code, lines } = await sendOver(server, "--text", "Holub letí.", path, fileOf(new Uint8Array(0), "empty"))
    expect(code).toBe(0)
    await server.process.line("received", 2)
    const sha256 = createHash("sha256").update(bytes).digest("hex")
    expect(lines.map(({ type }) => type)).toEqual(["sent", "sent", "sent"])
    expect(lines[1]).toMatchObject({ kind: "file", name: "a.bin", path, size: 3_000_000, sha256, confirmed: true })
    const received = server.process.lines.filter(({ type }) => type === "received")
    expect(received[0]).toMatchObject({ kind: "text", text: "Holub letí.", size: 14 - 2 })
    expect(received[1]).toMatchObject({ name: "a.bin", size: 3_000_000, sha256, path: join(server.inbox, "a.bin") })
    expect(readFileSync(join(server.inbox, "a.bin")).equals(bytes)).toBe(true)
    expect(server.files()).toEqual(["a.bin", "empty"])
    expect((await server.process.line("disconnected"))["reason"]).toBe("ended")
  })

  it("a refusal tells the sender its reason, and the operator the path and the bytes (T3)", async () => {
    const server = await serve(...flock, "--quota", "1000", "--if-exists", "fail")
    expect((await sendOver(server, fileOf(content(600)))).code).toBe(0)
    const refused = [fileOf(content(600)), fileOf(content(600), "b.bin")]
    const { code, stdout } = await sendOver(server, ...refused)
    expect(code).toBe(10)
    expect(stdout).toMatch(/TargetExists[^]*OverQuota/)
    expect(stdout).not.toContain(server.inbox)
    expect(stdout).not.toMatch(/\.part|\b(1000|600 are)\b/)
    const details = [await server.process.line("error", 0), await server.process.line("error", 1)]
    expect(details).toMatchObject([
      { code: "TargetExists", message: expect.stringMatching(/is already in the inbox/) },
      { code: "OverQuota", message: expect.stringMatching(/quota of 1000 bytes, of which 600 are in use/) }
    ])
  })

  it("a file arrives complete over a network that loses, duplicates, damages and reorders", async () => {
    const server = await serve(...flock)
    const bytes = content(300_000)
    const faults = ["--faults", "loss=10%,duplicate=5%,reorder=5%,damage=5%,cut=2%,seed=3"]
    expect((await sendOver(server, ...faults, "--mtu", "1200", fileOf(bytes))).code).toBe(0)
    expect(readFileSync(join(server.inbox, "a.bin")).equals(bytes)).toBe(true)
  })

  it.each(["cubic", "newreno"])("a file arrives under %s, and without the kernel's offload", async (congestion) => {
    const server = await serve(...flock)
    const bytes = content(500_000)
    const args = ["send", "--to", server.address, "--json", ...flock, "--congestion", congestion, fileOf(bytes)]
    expect((await holub(args, { env: { HOLUB_NO_OFFLOAD: "1" } }).ended).code).toBe(0)
    expect(readFileSync(join(server.inbox, "a.bin")).equals(bytes)).toBe(true)
  })

  it("a refusal has the receiver's reason, and the next message is sent", async () => {
    const server = await serve(...flock, "--if-exists", "fail")
    const path = fileOf(content(10))
    expect((await sendOver(server, path)).code).toBe(0)
    const { code, lines } = await sendOver(server, path, "--text", "and on")
    expect(code).toBe(10)
    expect(lines).toMatchObject([{ type: "error", code: "TargetExists", exitCode: 9 }, { type: "sent", kind: "text" }])
    expect(server.files()).toEqual(["a.bin"])
  })

  it("a closed port is unreachable", async () => {
    const server = await serve(...flock)
    server.process.kill("SIGKILL")
    await server.process.ended
    const { code, lines } = await sendOver(server, "--text", "x")
    expect(code).toBe(3)
    expect(lines).toMatchObject([{ type: "error", code: "Unreachable", exitCode: 3 }])
  })

  it("a server that receives SIGTERM closes its sessions and exits with 0", async () => {
    const server = await serve(...flock)
    expect((await sendOver(server, "--text", "x")).code).toBe(0)
    server.process.kill("SIGTERM")
    expect((await server.process.ended).code).toBe(0)
  })
})
