/** Clients of a server that requires something else than they have: each learns it when the time for the handshake is over. */
import { randomBytes } from "node:crypto"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { folder, send, serve, tidy } from "./holub.ts"

afterEach(tidy)

const secretFile = (): string => {
  const path = join(folder(), "psk")
  writeFileSync(path, randomBytes(32), { mode: 0o600 })
  return path
}

describe("a shared key", () => {
  it("is required on both sides", async () => {
    const psk = secretFile()
    const server = await serve("--psk-file", psk)
    expect(await server.process.line("listening")).toMatchObject({ psk: true })
    expect((await send(server, ["--psk-file", psk, "--text", "x"])).code).toBe(0)
    const attempts = await Promise.all([
      send(server, ["--text", "x"]),
      send(server, ["--psk-file", secretFile(), "--text", "x"])
    ])
    for (const { code, lines } of attempts) {
      expect([code, lines[0]?.["code"]]).toEqual([3, "Silent"])
      expect(lines[0]?.["hint"]).toMatch(
        /a server with a shared key answers only clients with the same key: `--psk-file`/
      )
    }
  })

  it("is refused where the server has none", async () => {
    const { code, lines } = await send(await serve(), ["--psk-file", secretFile(), "--text", "x"])
    expect([code, lines[0]?.["code"]]).toEqual([3, "OtherVersion"])
    expect(lines[0]?.["hint"]).toMatch(/send without `--protection crc` and without `--psk-file`/)
  })
})

describe("the protection crc", () => {
  it("must be asked for on both sides", async () => {
    const [encrypted, plain] = [await serve(), await serve("--protection", "crc")]
    const asking = await send(encrypted, ["--protection", "crc", "--text", "x"])
    expect([asking.code, asking.lines[0]?.["code"]]).toEqual([3, "OtherVersion"])
    expect(asking.lines[0]?.["hint"]).toMatch(/^the server is encrypted/)
    const refusing = await send(plain, ["--text", "x"])
    expect([refusing.code, refusing.lines[0]?.["code"]]).toEqual([3, "OtherVersion"])
    // The offer could be forged.
    expect(refusing.lines[0]?.["hint"]).toMatch(/do not give up the encryption because of it$/)
    expect([encrypted, plain].flatMap(({ process }) => process.lines).filter(({ type }) => type === "connected"))
      .toEqual([])
  })
})
