/** The output on each stream, and the effect of a closed stream. */
import { once } from "node:events"
import { readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { mischief } from "../cli/fakes.ts"
import type { Line } from "./documented.ts"
import {
  classic,
  folder,
  holub,
  inTurn,
  program,
  Running,
  send,
  serve,
  serveClassic,
  serveForPeople,
  tidy
} from "./holub.ts"
import { bytesOf, dismiss, finFrame, framesOf, keepAliveFrame, Stranger } from "./Stranger.ts"

afterEach(() => {
  dismiss()
  return tidy()
})

const shell = (script: string, cwd = folder()): Running =>
  new Running("sh", ["-c", script, process.execPath, program], { cwd, isGroup: true })

describe("without --json", () => {
  it("a server's stdout is paths and texts alone, and all else is on stderr", async () => {
    const server = await serveForPeople()
    const home = folder()
    writeFileSync(join(home, "a.txt"), "a")
    await holub(["send", "--to", server.address, "--text", "ahoj", "a.txt", "--text", ""], { cwd: home }).ended
    await server.process.until(({ stderr }) => stderr.includes(" left\n") || undefined)
    server.process.kill("SIGTERM")
    const { code, stderr, stdout } = await server.process.ended
    expect([code, stdout]).toEqual([0, `"ahoj"\n${join(server.inbox, "a.txt")}\n""\n`])
    expect(stderr).toMatch(/^listening at 127\.0\.0\.1:\d+, files go to /)
    expect(stderr).toContain("only this machine can connect")
    expect(stderr).toMatch(/127\.0\.0\.1:\d+ connected\n/)
    expect(stderr).toMatch(/received a\.txt: 1 B in /)
    expect(stderr).not.toMatch(mischief)
  })

  it("a sender's stdout is empty", async () => {
    const server = await serve()
    const good = await holub(["send", "--to", server.address, "--text", "ahoj"]).ended
    expect(good).toMatchObject({ code: 0, stdout: "", stderr: expect.stringMatching(/^sent text: 4 B in /) })
    const bad = await holub(["send", "--to", server.address, "missing"]).ended
    expect(bad).toMatchObject({ code: 8, stdout: "", stderr: expect.stringMatching(/^holub: cannot send ".*missing"/) })
  })

  it("--quiet keeps stderr empty unless something fails", async () => {
    const server = await serve()
    expect(await holub(["send", "--quiet", "--to", server.address, "--text", "ahoj"]).ended).toMatchObject({
      code: 0,
      stdout: "",
      stderr: ""
    })
    const bad = await holub(["send", "--quiet", "--to", server.address, "missing"]).ended
    expect(bad.stderr).toMatch(/^holub: /)
  })

  it("either end over classic warns in one line, and not under --quiet", async () => {
    const warning = /^warning: the classic wire is not encrypted[^\n]*\n/m
    const server = await serveForPeople(...classic)
    const args = ["send", ...classic, "--to", server.address, "--text", "ahoj"]
    // On a busy machine a fragment may be sent twice, and a line tells which.
    expect((await holub(args).ended).stderr).toMatch(
      new RegExp(`${warning.source}sent text: [^\n]*\n(?:  [^\n]*\n)*$`)
    )
    expect((await holub([...args, "--quiet"]).ended).stderr).toBe("")
    const { stderr } = server.process
    expect([stderr.match(/^warning: /gm)?.length, warning.test(stderr)]).toEqual([1, true])
    const quiet = holub(["serve", ...classic, "--port", "0", "--dir", "inbox", "--quiet"])
    quiet.kill("SIGTERM")
    expect((await quiet.ended).stderr).toBe("")
  })

  it("a text in a pipe is one line of JSON, and no path (T2)", async () => {
    const server = await serveForPeople()
    const text = "/etc/passwd\na\u001b[1mb\r\nc\u202e🐴"
    await send(server, ["--text", text])
    const stdout = await server.process.until((running) => running.stdout.endsWith("\n") ? running.stdout : undefined)
    expect(stdout).toMatch(/^"[^\n]*"\n$/)
    expect(stdout).not.toMatch(mischief)
    expect(JSON.parse(stdout)).toBe(text)
  })
})

describe("with --json", () => {
  it("stdout is documented lines alone and stderr is empty, on both ends", async () => {
    const server = await serve("--quota", "10k")
    const home = folder()
    writeFileSync(join(home, "big"), Buffer.alloc(20_000))
    writeFileSync(join(home, "small"), "x")
    const sender = await send(server, ["big", "small", "--text", "ahoj"], { cwd: home })
    expect(sender).toMatchObject({ code: 10, stderr: "" })
    expect(sender.lines.map(({ type }) => type)).toEqual(["error", "sent", "sent"])
    await server.process.line("disconnected")
    server.process.kill("SIGTERM")
    const { code, lines, stderr } = await server.process.ended
    expect([code, stderr]).toEqual([0, ""])
    // A late packet of the peer that has left may be dropped.
    expect(lines.map(({ type }) => type).filter((type) => type !== "dropped")).toEqual([
      "listening",
      "connected",
      "started",
      "error",
      "started",
      "received",
      "started",
      "received",
      "disconnected"
    ])
    expect(lines[0]).toMatchObject({ host: "127.0.0.1", port: server.port, wire: "flock", dir: server.inbox })
  })

  it.each<[string, ReadonlyArray<string>, size: number | undefined]>([
    ["flock", ["--limit", "20k"], 5_000_000],
    // The classic wire does not transmit the size.
    ["classic", ["--fragment-size", "1"], undefined]
  ])("reports the progress of a long transfer over %s", async (wire, slowly, size) => {
    const server = await serve("--wire", wire)
    const home = folder()
    writeFileSync(join(home, "long"), Buffer.alloc(5_000_000))
    const sender = holub(["send", "--wire", wire, "--to", server.address, "--json", ...slowly, "long"], { cwd: home })
    // On a slow machine the first lines may precede the first byte.
    const moves = ({ bytes, type }: Line): boolean => type === "progress" && Number(bytes) > 0
    const [there, here] = await Promise.all([server.process.lineThat(moves), sender.lineThat(moves)])
    expect([there["id"], there["size"]]).toEqual(["1", size])
    expect(here).toMatchObject({ id: "1", size: 5_000_000 })
    sender.kill("SIGKILL")
  })

  it("reports how many bytes of a slow file have arrived over classic", async () => {
    const server = await serveClassic()
    const stranger = await Stranger.to(server.port)
    const frames = framesOf({ kind: "F", name: [bytesOf("a")], content: ["one", "two", "three"].map(bytesOf) })
    await inTurn(frames.slice(0, -1), (frame) => stranger.ask(frame))
    // On a slow machine an earlier line may stand between two fragments.
    const isComplete = ({ bytes, type }: Line): boolean => type === "progress" && bytes === 6
    expect(await server.process.lineThat(isComplete)).toMatchObject({ id: "1" })
  })
})

describe("the help and the version", () => {
  it.each([["--help"], ["serve --help"], ["send -h"], ["help"], ["help send"], [""]])(
    "of holub %s go to stdout without escapes",
    async (args) => {
      const { code, stderr, stdout } = await shell(`"$0" "$1" ${args} | cat -v`).ended
      expect([code, stderr]).toEqual([0, ""])
      expect(stdout).toContain("holub s")
      // `M-x` and `M-^x` are the bytes of letters beyond ASCII, `^x` is a control.
      expect(stdout.replace(/M-\^?./g, "")).not.toContain("^")
    }
  )

  it("are help even when the rest of the command line is incomplete", async () => {
    const { code, stdout } = await holub(["send", "--help"]).ended
    expect([code, stdout.split("\n")[2]]).toEqual([0, "Usage: holub send --to HOST[:PORT] [options] [PATH…]"])
  })

  it.each([["--version"], ["-V"], ["version"], ["serve --version"], ["--version --no-help"]])(
    "of holub %s are one line",
    async (args) => {
      const { code, stderr, stdout } = await holub(args.split(" ")).ended
      expect([code, stderr]).toEqual([0, ""])
      expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    }
  )
})

describe("a pipe whose reader has exited", () => {
  it("ends the help quietly", async () => {
    expect(await shell("\"$0\" \"$1\" send --help | head -1").ended).toMatchObject({
      code: 0,
      stdout: "holub send: send files and texts to a server\n",
      stderr: ""
    })
  })

  it("ends a server quietly with its next line", async () => {
    const pipeline = shell("\"$0\" \"$1\" serve --wire classic --port 0 --dir inbox --json | head -1")
    const port = await pipeline.until(({ stdout }) => /"port":(\d+)/.exec(stdout)?.[1])
    const stranger = await Stranger.to(Number(port))
    let isEnded = false
    const ended = pipeline.ended.finally(() => {
      isEnded = true
    })
    // The reader may still run when the first line is written.
    const comeAndGo = async (): Promise<void> => {
      await stranger.send(finFrame)
      await stranger.send(keepAliveFrame)
      await Promise.race([ended, stranger.answer(50)])
      if (!isEnded) await comeAndGo()
    }
    await comeAndGo()
    expect(await ended).toMatchObject({ code: 0, stderr: "" })
  })
})

describe("a text whose reader has exited", () => {
  it("is written to stderr, since its sender has a confirmation, and the server ends with 8", async () => {
    const server = await serveForPeople()
    const closed = once(server.process.child.stdout, "close")
    server.process.child.stdout.destroy()
    await closed
    expect((await send(server, ["--text", "ahoj"])).code).toBe(0)
    expect(await server.process.ended).toMatchObject({
      code: 8,
      stderr: expect.stringMatching(/standard output:\n"ahoj"\n/)
    })
  })
})

describe("a program without arguments and without a terminal", () => {
  it("shows the help and creates no inbox", async () => {
    const home = folder()
    const { code, stdout } = await holub([], { cwd: home }).ended
    expect([code, stdout.split("\n")[0]]).toEqual([0, "holub carries messages and files reliably over UDP."])
    expect(readdirSync(home)).toEqual([])
  })
})
