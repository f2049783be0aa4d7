/** What the program needs and does not find (T6): standard input, folders. It never sends an empty file instead. */
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { content } from "../protocol/classic/exchange.ts"
import { type Ended, folder, program, Running, serve, type StartOptions, tidy } from "./holub.ts"
import { closeTerminals, Terminal } from "./Terminal.ts"

afterEach(() => {
  closeTerminals()
  return tidy()
})

/** A port where nobody listens: a refusal that comes before the first datagram is exit code 8, not 3. */
const nobody = "127.0.0.1:9"

/** Runs the program in a shell that redirects its standard input. */
const sendBy = (shell: string, address: string, operand = "-", options?: StartOptions): Promise<Ended> =>
  new Running("sh", ["-c", shell, process.execPath, program, "send", "--to", address, "--json", operand], options).ended

describe("standard input that cannot be read", () => {
  it.each([
    ["closed", `exec "$0" "$@" 0<&-`, /it is closed/],
    ["a directory", `exec "$0" "$@" </`, /it is a directory/],
    ["open for writing only", `exec "$0" "$@" 0>file`, /the system reports EBADF/]
  ])("is refused before anything is sent if it is %s (T6)", async (_, shell, words) => {
    for (const operand of ["-", "/dev/stdin"]) {
      const { code, lines } = await sendBy(shell, nobody, operand)
      expect([operand, code]).toEqual([operand, 8])
      expect(lines).toMatchObject([{ type: "error", code: "Io", exitCode: 8, message: expect.stringMatching(words) }])
    }
  })

  it("is refused if it is a terminal (T6)", async () => {
    const terminal = new Terminal({ cwd: folder(), columns: 300 })
    terminal.type(`${process.execPath} ${program} send --to ${nobody} -; echo "exit $?"`)
    terminal.press("Enter")
    await terminal.sees(/cannot read standard input: it is a terminal; redirect a file or a pipe to it/)
    await terminal.sees(/exit 8/)
  })
})

describe("standard input that ends at once", () => {
  it.each([["the null device", `exec "$0" "$@" </dev/null`], ["an empty pipe", `: | "$0" "$@"`]])(
    "is an empty file if it is %s",
    async (_, shell) => {
      const server = await serve()
      expect((await sendBy(shell, server.address)).code).toBe(0)
      expect(await server.process.line("received")).toMatchObject({ name: "stdin", size: 0 })
    }
  )
})

describe("a missing folder", () => {
  it("for temporary files is told of by the name of its variable (T6)", async () => {
    const none = join(folder(), "none")
    const options = { env: { TMPDIR: none }, input: content(10) }
    const { code, lines } = await sendBy(`exec "$0" "$@"`, nobody, "-", options)
    expect(code).toBe(8)
    expect(lines).toMatchObject([{
      code: "NotFound",
      message:
        `cannot create a temporary file in "${none}": it does not exist; check the path, or set TMPDIR to another folder`
    }])
  })
  it.each([["send", ["--to", nobody, "a.txt"], 8], ["serve", ["--port", "0"], 8], ["clean", [], 2]] as const)(
    "that was the working directory is told of by %s (T6)",
    async (command, args, exitCode) => {
      const shell = `mkdir gone && cd gone && rmdir ../gone && exec "$0" "$@"`
      const all = [process.execPath, program, command, "--json", ...args]
      const { code, lines } = await new Running("sh", ["-c", shell, ...all]).ended
      expect(code).toBe(exitCode)
      const message = expect.stringMatching(/the working directory was removed; change to another one$/)
      expect(lines).toMatchObject([{ type: "error", message }])
    }
  )
})
