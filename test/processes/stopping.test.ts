/** What a sender is told of a server that stops: in the middle of its message, and before it. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { folder, holub, type Running, send, serve, type Server, tidy } from "./holub.ts"

afterEach(tidy)

/** Makes a transfer slower than any test, on each wire. */
const slowly = { classic: ["--fragment-size", "1"], flock: ["--limit", "20k"] } as const

type Wire = keyof typeof slowly

const startLongTransfer = async ({ address, process }: Server, wire: Wire): Promise<Running> => {
  const home = folder()
  writeFileSync(join(home, "long.bin"), Buffer.alloc(5_000_000, "long"))
  const sender = holub(["send", "--to", address, "--json", "--wire", wire, ...slowly[wire], "long.bin"], { cwd: home })
  await process.line("started")
  return sender
}

const serveOver = (wire: Wire): Promise<Server> => serve("--wire", wire)

describe("a sender whose server is stopped in the middle of its file", () => {
  it.each<[Wire, number, code: RegExp, message: RegExp]>([
    // The wire carries no reason: it may have been a refusal.
    ["classic", 6, /^Declined$/, /refused the message$/],
    ["flock", 5, /^(Abandoned|Closed)$/, /(gave up the message before it was complete|ended the connection)/]
  ])("over %s exits with %d (T4)", async (wire, exitCode, code, message) => {
    const server = await serveOver(wire)
    const sender = await startLongTransfer(server, wire)
    server.process.kill("SIGINT")
    const { code: ended, lines } = await sender.ended
    expect(ended).toBe(exitCode)
    expect(lines[0]).toMatchObject({
      type: "error",
      exitCode,
      code: expect.stringMatching(code),
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/stopped|send the others again/)
    })
  })
})

describe("a send to a server that drains", () => {
  it.each<[Wire, code: string]>([["classic", "Silent"], ["flock", "ServerFull"]])(
    "over %s exits with 3: it can be tried again (T4)",
    async (wire, code) => {
      const server = await serveOver(wire)
      const sender = await startLongTransfer(server, wire)
      server.process.kill("SIGTERM")
      const late = () => send(server, ["--wire", wire, "--timeout", "1s", "--text", "late"])
      // A server that has not read the signal yet receives it.
      const draining = async (): Promise<Awaited<ReturnType<typeof late>>> => {
        const ended = await late()
        return ended.code === 0 ? draining() : ended
      }
      const { code: exitCode, lines } = await draining()
      expect(lines[0]).toMatchObject({ type: "error", code, exitCode: 3 })
      expect(exitCode).toBe(3)
      sender.kill("SIGKILL")
    }
  )
})
