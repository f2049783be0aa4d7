/** Who may send to a server: lists of keys, a shared key, and a protection that both sides must ask for. */
import { randomBytes } from "node:crypto"
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { folder, holub, send, serve, serveForPeople, tidy } from "./holub.ts"

afterEach(tidy)

const secretFile = (bytes: string | Uint8Array = randomBytes(32)): string => {
  const path = join(folder(), "psk")
  writeFileSync(path, bytes, { mode: 0o600 })
  return path
}

describe("a server with --allow-keys", () => {
  it("accepts the identities of its list only; the others learn what to do, and the operator whom to add", async () => {
    const env = { XDG_STATE_HOME: folder() }
    const list = join(folder(), "allowed")
    writeFileSync(list, "# nobody yet\n")
    const server = await serve("--allow-keys", list)
    const anonymous = await send(server, ["--accept-new", "--text", "x"], { env })
    expect(anonymous.code).toBe(4)
    expect(anonymous.lines).toMatchObject([{
      code: "NotAllowed",
      hint: expect.stringMatching(/this side is anonymous: make an identity with `holub key show`/)
    }])
    expect(await server.process.line("notAllowed")).not.toHaveProperty("key")

    const { lines: keys } = await holub(["key", "show", "--json"], { env }).ended
    const key = String(keys.find(({ kind }) => kind === "identity")?.["key"])
    const known = await send(server, ["--text", "x"], { env })
    expect([known.code, known.lines[0]?.["code"]]).toEqual([4, "NotAllowed"])
    expect(known.lines[0]?.["hint"]).toContain(`for the list of \`--allow-keys\`: ${key}`)
    expect(await server.process.line("notAllowed", 1)).toMatchObject({ key })
    expect(server.process.lines.filter(({ type }) => type === "connected" || type === "received")).toEqual([])

    writeFileSync(list, `${key} # added by the operator\n`)
    const allowing = await serve("--allow-keys", list)
    expect((await send(allowing, ["--accept-new", "--text", "x"], { env })).code).toBe(0)
    expect(await allowing.process.line("connected")).toMatchObject({ key, trusted: true })
    expect((await send(allowing, ["--accept-new", "--text", "x"], { env: { XDG_STATE_HOME: folder() } })).code).toBe(4)
  })

  it("shows the operator the key of a client with --verbose", async () => {
    const env = { XDG_STATE_HOME: folder() }
    const list = join(folder(), "allowed")
    writeFileSync(list, "")
    const server = await serveForPeople("--allow-keys", list, "--verbose")
    await holub(["key", "show"], { env }).ended
    await send(server, ["--accept-new", "--text", "x"], { env })
    await server.process.until(({ stderr }) =>
      /is not allowed; add its key to the list of --allow-keys if it should be: hk1[a-z2-7]{56}\n/.exec(stderr) ??
        undefined
    )
  })
})

describe("a shared key", () => {
  it.each([["a password", 2], ["", 2]])("is no %j", async (text) => {
    const { code, stderr } = await holub(["send", "--to", "127.0.0.1:1", "--psk-file", secretFile(text), "--text", "x"])
      .ended
    expect([code, stderr]).toEqual([8, expect.stringMatching(/head -c 32 \/dev\/urandom/)])
  })
})

describe("the protection crc", () => {
  it("warns on both sides, and sends", async () => {
    const server = await serveForPeople("--protection", "crc")
    await server.process.until(({ stderr }) => /warning: the protection crc is not encrypted/.exec(stderr) ?? undefined)
    expect(server.process.stderr).toContain(`holub send --protection crc --to ${server.address} FILE`)
    const { code, stderr } = await holub(["send", "--to", server.address, "--protection", "crc", "--text", "x"]).ended
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^warning: the protection crc is not encrypted/)])
  })
})

describe("--keylog", () => {
  it("warns, and writes the keys of each session for its user only", async () => {
    const path = join(folder(), "keylog")
    const { code, stderr } = await holub([
      "send",
      "--to",
      (await serve()).address,
      "--keylog",
      path,
      "--text",
      "x"
    ]).ended
    expect([code, stderr]).toEqual([0, expect.stringMatching(/the keys of all sessions are written to /)])
    expect(readFileSync(path, "utf8")).toMatch(/^HOLUB1 [0-9a-f]{16} [0-9a-f]{16} [0-9a-f]{64} [0-9a-f]{64}\n$/)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it("writes the same keys at both ends of tcp", async () => {
    const [own, servers] = [join(folder(), "keylog"), join(folder(), "keylog")]
    const server = await serve("--wire", "tcp", "--keylog", servers)
    const { code } = await send(server, ["--wire", "tcp", "--keylog", own, "--text", "x"])
    const line = readFileSync(own, "utf8")
    expect([code, line]).toEqual([0, expect.stringMatching(/^HOLUB1-TCP(?: [0-9a-f]{64}){3}\n$/)])
    await expect.poll(() => existsSync(servers) && readFileSync(servers, "utf8")).toBe(line)
  })
})
