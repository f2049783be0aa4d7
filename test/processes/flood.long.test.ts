/** Floods of hostile datagrams, beside which a client sends a file. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { content } from "../protocol/classic/exchange.ts"
import { startChild } from "./childProgram.ts"
import { type Line, readLine } from "./documented.ts"
import {
  classic,
  folder,
  residentBytes,
  type Running,
  sendClassic as send,
  type Server,
  serveWith,
  tidy
} from "./holub.ts"

afterEach(tidy)

interface Flooded {
  readonly sent: number
  readonly perSecond: number
  /** Answers to sources whose datagrams open no connection. */
  readonly answers: number
}

const flood = async (what: "everything" | "nameless", { port }: Server, datagrams: number): Promise<Flooded> => {
  const { code, stderr, stdout } = await startChild("Flooder.ts", what, String(port), String(datagrams), "30000").ended
  if (code !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

const expectSmallFile = async (server: Server): Promise<void> => {
  const home = folder()
  writeFileSync(join(home, "small.txt"), "small")
  expect((await send(server, ["small.txt"], { cwd: home })).code).toBe(0)
  expect(readFileSync(join(server.inbox, "small.txt"), "utf8")).toBe("small")
}

const linesOf = ({ lines }: Running): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const { type } of lines) counts[type] = (counts[type] ?? 0) + 1
  return counts
}

/** No second of a log has more lines of one reason than the limit (S16). */
const expectBearable = (lines: ReadonlyArray<Line>): void => {
  const times = new Map<string, Array<number>>()
  for (const { code = "", kind = "", reason = "", time, type } of lines) {
    const what = `${type} ${String(code)}${String(kind)}${String(reason)}`
    times.set(what, [...times.get(what) ?? [], Date.parse(time)])
  }
  expect(times.get("error UnsafeName")?.length).toBeGreaterThanOrEqual(10)
  for (const [what, millis] of times) {
    const gaps = millis.slice(10).map((at, index) => at - (millis[index] ?? 0))
    expect([what, gaps.every((gap) => gap >= 1000)]).toEqual([what, true])
  }
}

describe("120,000 hostile datagrams, 30,000 a second, from 800 sources", () => {
  it("do not prevent a transfer, and leave neither memory nor a long log (W1, S16, P6)", async () => {
    // The heap is small: 400 bytes kept for each datagram would end the server.
    const server = await serveWith({ args: classic, env: { NODE_OPTIONS: "--max-old-space-size=100" } })
    await expectSmallFile(server)
    const before = residentBytes(server.process)
    const home = folder()
    const bytes = content(4_000_000)
    writeFileSync(join(home, "honest.bin"), bytes)
    const sending = send(server, ["--fragment-size", "100", "honest.bin"], { cwd: home })
    await server.process.line("started", 1)

    const flooded = await flood("everything", server, 120_000)
    expect(flooded).toMatchObject({ sent: 120_000, answers: 0 })
    expect((await sending).code).toBe(0)
    expect(readFileSync(join(server.inbox, "honest.bin")).equals(bytes)).toBe(true)
    await server.process.until((program) => {
      const { connected = 0, disconnected } = linesOf(program)
      return connected > 500 && connected === disconnected ? true : undefined
    })
    expect((await send(server, ["--text", "it still answers"])).code).toBe(0)

    // Room for garbage that V8 has not collected: three semi-spaces of 16 MB and the old space.
    const after = residentBytes(server.process)
    expect(after - before).toBeLessThan(150e6)
    // Two lines for each source that can open a connection, and none for a datagram.
    expect(server.process.stdout.length).toBeLessThan(200_000)
    expect(linesOf(server.process)).toMatchObject({ started: 3, received: 3 })
    expect(linesOf(server.process)).not.toHaveProperty("error")
    console.info(`flooded with ${flooded.perSecond} datagrams a second; ${before} bytes of memory became ${after}`)
  })
})

describe("3,000 announcements of files without a name, from 100 sources at once", () => {
  // When every release of the inbox woke all waiting transfers, memory grew by 100 MB a second.
  it("are refused in bounded memory, and a good file arrives beside them (W1, F10, P6)", async () => {
    const log = join(folder(), "log")
    const server = await serveWith({
      args: [...classic, "--log-file", log],
      env: { NODE_OPTIONS: "--max-old-space-size=120" }
    })
    expect((await flood("nameless", server, 3000)).sent).toBe(3000)
    await expectSmallFile(server)
    await server.process.until((program) => {
      const { error = 0, started = 0 } = linesOf(program)
      return error === started - 1 ? true : undefined
    })
    expect(server.files()).toEqual(["small.txt"])
    expect(residentBytes(server.process)).toBeLessThan(300e6)
    expectBearable(readFileSync(log, "utf8").trimEnd().split("\n").map(readLine))
  })
})
