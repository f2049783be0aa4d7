/** The file of --log-file. */
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { type Line, readLine } from "./documented.ts"
import { folder, holub, send, serve, serveForPeopleWith, tidy } from "./holub.ts"

afterEach(tidy)

const linesOf = (path: string): ReadonlyArray<Line> => readFileSync(path, "utf8").trimEnd().split("\n").map(readLine)
const typesOf = (path: string): ReadonlyArray<string> => linesOf(path).map(({ type }) => type)

/**
 * A line without its time, which differs between the log and standard output, and without its text, which is not
 * logged.
 */
const withoutTime = (line: Line): object => ({ ...line, text: undefined, time: undefined })

describe("a log", () => {
  it("has the same lines of a server as --json, between its start and its stop, without texts", async () => {
    const home = folder()
    const log = join(home, "log")
    const server = await serve("--log-file", log)
    writeFileSync(join(home, "a.txt"), "secret content")
    await send(server, ["--text", "secret text", "a.txt", "--log-file", join(home, "sent")], { cwd: home })
    await server.process.line("disconnected")
    server.process.kill("SIGTERM")
    const { code, stdout } = await server.process.ended
    const [start, ...rest] = linesOf(log)
    expect(start).toMatchObject({ type: "start", command: "serve", pid: server.process.child.pid })
    expect(rest.at(-1)).toMatchObject({ type: "stop", exitCode: code })
    // A slow machine shows progress, which a log leaves out.
    const reported = stdout.trimEnd().split("\n").map(readLine).filter(({ type }) => type !== "progress")
    expect(rest.slice(0, -1).map(withoutTime)).toEqual(reported.map(withoutTime))
    for (const path of [log, join(home, "sent")]) {
      expect(readFileSync(path, "utf8")).not.toContain("secret")
      expect(statSync(path).mode & 0o777).toBe(0o600)
    }
    const ofSender = ["connected", "started", "sent", "started", "sent", "disconnected"]
    expect(typesOf(join(home, "sent")).filter((type) => !ofSender.includes(type))).toEqual(["start", "stop"])
    expect(typesOf(join(home, "sent")).filter((type) => type === "sent")).toHaveLength(2)
  })

  it("is reopened on SIGHUP when it was moved away, by a program without a terminal", async () => {
    const log = join(folder(), "log")
    const server = await serveForPeopleWith(["--log-file", log], { isGroup: true })
    await send(server, ["--text", "1"])
    await server.process.until(({ stderr }) => stderr.includes(" left\n") || undefined)
    renameSync(log, `${log}.1`)
    server.process.kill("SIGHUP")
    // The file exists when the signal was handled; all earlier lines are in the old one.
    const isAnew = (): true | undefined => {
      try {
        return statSync(log).isFile() || undefined
      } catch {
        return undefined
      }
    }
    while (isAnew() === undefined) await send(server, ["--text", "2"])
    await send(server, ["--text", "3"])
    server.process.kill("SIGTERM")
    expect((await server.process.ended).code).toBe(0)
    expect(typesOf(`${log}.1`).slice(0, 3)).toEqual(["start", "listening", "connected"])
    expect(typesOf(log)).toEqual(expect.arrayContaining(["received", "stop"]))
    expect(linesOf(log).filter(({ type }) => type === "start")).toEqual([])
  })

  it("has the exit code of a failure", async () => {
    const log = join(folder(), "log")
    const { code } = await holub(["send", "--to", "127.0.0.1:1", "--text", "x", "--log-file", log]).ended
    expect(code).toBe(3)
    const lines = linesOf(log)
    expect(lines.find(({ type }) => type === "error")).toMatchObject({ exitCode: 3 })
    expect(lines.at(-1)).toMatchObject({ type: "stop", exitCode: 3 })
  })

  it("that cannot be opened ends the program before it begins", async () => {
    const home = folder()
    const { code, stderr } = await holub(["serve", "--port", "0", "--log-file", "no/log"], { cwd: home }).ended
    expect([code, stderr]).toEqual([8, expect.stringMatching(/^holub: cannot open the log file "no\/log": .*\n$/)])
  })

  it("that cannot be written is reported once, and the server continues", async () => {
    const server = await serve("--log-file", "/dev/full")
    expect(await send(server, ["--text", "ahoj"])).toMatchObject({ code: 0 })
    await server.process.line("disconnected")
    const warnings = server.process.lines.filter(({ type }) => type === "warning")
    expect(warnings).toMatchObject([{ code: "LogNotWritten", message: expect.stringContaining("the disk is full") }])
  })

  it("does not exist without the flag: SIGHUP ends the program in order, with 129", async () => {
    const server = await serve()
    server.process.kill("SIGHUP")
    expect(await server.process.ended).toMatchObject({ code: 129, stderr: "" })
  })
})
