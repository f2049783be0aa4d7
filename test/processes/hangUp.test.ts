/** A terminal that is closed ends each command in order: the peer is informed, no part stays, the exit code is 129 (P8). */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { choice } from "./communicator.ts"
import { folder, holub, program, serve, tidy } from "./holub.ts"
import { closeTerminals, Terminal } from "./Terminal.ts"

afterEach(() => {
  closeTerminals()
  return tidy()
})

const slowly = { classic: ["--fragment-size", "1"], flock: ["--limit", "20k"] } as const
type Wire = keyof typeof slowly
const wires = ["classic", "flock"] as const

/** Arguments of a transfer that takes longer than any test. */
const longTransfer = (wire: Wire, address: string): ReadonlyArray<string> => {
  const path = join(folder(), "long.bin")
  writeFileSync(path, Buffer.alloc(5_000_000, "long"))
  return ["send", "--wire", wire, "--to", address, ...slowly[wire], path, path]
}

/** Runs the program in a terminal. The shell around it survives a closed terminal, and writes the exit code to a file. */
const inTerminal = (args: ReadonlyArray<string>) => {
  const terminal = new Terminal({ cwd: folder() })
  const code = join(folder(), "code")
  terminal.type(`(trap '' HUP; ${process.execPath} ${program} ${args.join(" ")}; echo $? > ${code})`)
  terminal.press("Enter")
  const ended = async (): Promise<string> => {
    await expect.poll(() => existsSync(code) && readFileSync(code, "utf8") !== "").toBe(true)
    return readFileSync(code, "utf8").trim()
  }
  return { terminal, ended }
}

describe("SIGHUP", () => {
  it.each(wires)("ends a sender over %s in order, which prints the command for the rest (P8)", async (wire) => {
    const server = await serve("--wire", wire)
    const args = longTransfer(wire, server.address)
    const sender = holub(args, { isGroup: true })
    await server.process.line("started")
    sender.kill("SIGHUP")
    expect(await sender.ended).toMatchObject({
      code: 129,
      stderr: expect.stringMatching(/to send the rest: holub send .*long\.bin .*long\.bin\n$/)
    })
    expect(await server.process.line("disconnected")).toMatchObject({ reason: "ended" })
    expect(server.files()).toEqual([])
  })
})

describe("a terminal that is closed", () => {
  it.each(wires)("ends a sender over %s in the middle of a file (P8)", async (wire) => {
    const server = await serve("--wire", wire)
    const { ended, terminal } = inTerminal(longTransfer(wire, server.address))
    await server.process.line("started")
    terminal.close()
    expect(await ended()).toBe("129")
    expect(await server.process.line("disconnected")).toMatchObject({ reason: "ended" })
    expect(server.files()).toEqual([])
  })

  it.each(wires)("ends a server over %s in the middle of a file, with and without a log (P8)", async (wire) => {
    for (const log of [[], ["--log-file", "log"]]) {
      const inbox = join(folder(), "inbox")
      const { ended, terminal } = inTerminal(["serve", "--wire", wire, "--port", "0", "--dir", inbox, ...log])
      const [, address = ""] = await terminal.sees(/listening at (127\.0\.0\.1:\d+),/)
      const sender = holub([...longTransfer(wire, address), "--json"])
      await terminal.sees(/connected\n/)
      await sender.line("progress")
      terminal.close()
      expect(await ended()).toBe("129")
      const { exitCode } = await sender.line("error")
      expect(exitCode).toBe(wire === "flock" ? 5 : 6)
    }
  })

  it("ends a server that prints a result at this moment (P8)", async () => {
    const { ended, terminal } = inTerminal(["serve", "--port", "0"])
    const [, address = ""] = await terminal.sees(/listening at (127\.0\.0\.1:\d+),/)
    const texts = Array.from({ length: 50 }, (_, number) => ["--text", `text ${number}`]).flat()
    holub(["send", "--to", address, ...texts])
    await terminal.sees(/text 1\n/)
    terminal.close()
    // A result that was not shown is a failure of its own.
    expect(["129", "8"]).toContain(await ended())
  })

  it("ends the communicator (P8)", async () => {
    const { ended, terminal } = inTerminal([])
    await terminal.waitsAt(choice)
    terminal.close()
    expect(await ended()).toBe("129")
  })
})
