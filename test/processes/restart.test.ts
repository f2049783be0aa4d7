/** A server that is killed and started again in the middle of a file, with the same keys at the same port. */
import { createHash, randomBytes } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, expect, it } from "vitest"
import { folder, holub, serveWith, tidy } from "./holub.ts"
import { keptPort } from "./keptPort.ts"

afterEach(tidy)

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

it("send learns within a round trip that its server was killed and started again, and sends the file again (P3)", async () => {
  const path = join(folder(), "film.mkv")
  const bytes = randomBytes(3_000_000)
  writeFileSync(path, bytes)
  const server = await serveWith({ port: await keptPort() })
  const small = join(folder(), "before.txt")
  writeFileSync(small, "before")
  const sending = holub(["send", "--to", server.address, "--json", "--trace", "--limit", "1M", small, path])
  // The large file is under way.
  await sending.lineThat(({ bytes: sent, type }) => type === "progress" && Number(sent) > 500_000)
  server.process.kill("SIGKILL")
  await server.process.ended
  const again = await serveWith({ port: server.port, inbox: server.inbox, args: ["--trace"] })
  const { code, lines } = await sending.ended
  expect(code).toBe(0)
  const resets = (of: typeof lines, direction: string) =>
    of.filter((line) => line["packetType"] === "RESET" && line["direction"] === direction && line["valid"] === true)
  expect(resets(lines, "received").length).toBeGreaterThan(0)
  expect(resets(again.process.lines, "sent").length).toBeGreaterThan(0)
  expect(lines.filter(({ type }) => type === "sent").map(({ name, type }) => [type, name])).toEqual([[
    "sent",
    "before.txt"
  ], ["sent", "film.mkv"]])
  expect(sha256(readFileSync(join(server.inbox, "film.mkv")))).toBe(sha256(bytes))
  // Not sent again: it was complete.
  expect(again.process.lines.filter(({ type }) => type === "received").map(({ name }) => name)).toEqual(["film.mkv"])
  const ends = sending.stdout.split("\n").filter((line) => line.includes("\"disconnected\""))
  expect(ends).toEqual([expect.stringContaining("\"lost\""), expect.stringContaining("\"left\"")])
})
