/** What a server tells of datagrams that it drops: a rate in the log, with --verbose and with --json, never a line for each. */
import { createSocket } from "node:dgram"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { readLine } from "./documented.ts"
import { folder, serve, serveForPeople, tidy } from "./holub.ts"

afterEach(tidy)

/** Sends datagrams that are no packets, until `isEnough`. */
const flood = async (port: number, isEnough: () => boolean): Promise<void> => {
  const socket = createSocket("udp4")
  const garbage = Buffer.alloc(40, 0xff)
  const burst = Array.from({ length: 100 }, () => garbage)
  const send = (bytes: Uint8Array) => new Promise((resolve) => socket.send(bytes, port, "127.0.0.1", resolve))
  const more = async (): Promise<void> => {
    await Promise.all(burst.map(send))
    // A datagram is sent without I/O of the event loop, which has to read the output of the server.
    await new Promise((resolve) => setImmediate(resolve))
    return isEnough() ? undefined : more()
  }
  await more()
  socket.close()
}

const wires = ["classic", "flock"] as const

describe("a server under a flood of garbage", () => {
  it.each(wires)("over %s says so as a rate, in the log and with --verbose (T1)", async (wire) => {
    const log = join(folder(), "log")
    const server = await serveForPeople("--wire", wire, "--verbose", "--log-file", log)
    const told = /^dropped or refused \d+ datagrams in \d.*: \d+ malformed/m
    await flood(server.port, () => told.test(server.process.stderr))
    server.process.kill("SIGTERM")
    const { code, stderr } = await server.process.ended
    expect(code).toBe(0)
    const lines = readFileSync(log, "utf8").trimEnd().split("\n").map(readLine)
    const dropped = lines.filter(({ type }) => type === "dropped")
    // One at once, one at the end, and one for each ten seconds between them.
    expect(dropped.length).toBeGreaterThan(0)
    expect(lines.length).toBeLessThan(30)
    expect(stderr.split("\n").length).toBeLessThan(30)
    const total = dropped.reduce((sum, line) => sum + Number(line["total"]), 0)
    expect(total).toBeGreaterThan(0)
    expect(dropped[0]).toMatchObject({ wire, reasons: { malformed: dropped[0]?.["total"] } })
  })

  it.each(wires)("over %s says so with --json, and without --verbose nothing to people (T1)", async (wire) => {
    const server = await serve("--wire", wire)
    await flood(server.port, () => server.process.stdout.includes(`"dropped"`))
    expect(await server.process.line("dropped")).toMatchObject({ wire })
    const quiet = await serveForPeople("--wire", wire)
    let rounds = 0
    await flood(quiet.port, () => ++rounds > 5)
    quiet.process.kill("SIGTERM")
    const { stderr } = await quiet.process.ended
    expect(stderr).not.toContain("dropped")
    expect(stderr.split("\n").length).toBeLessThan(10)
  })
})
