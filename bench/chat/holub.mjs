// The built program with the room of a chat: `serve --app chat --store FILE`, on a disk in memory.
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

const program = fileURLToPath(new URL("../../dist/bin.cjs", import.meta.url))

/** Starts it, and waits until the chat listens. */
export const start = ({ folder, host, run }) =>
  new Promise((resolve, reject) => {
    const own = mkdtempSync(join(folder, "holub-"))
    const profile = process.env.BENCH_PROFILE === "server" ? ["--cpu-prof", "--cpu-prof-dir", process.cwd()] : []
    const [file, ...args] = [...run, process.execPath, ...profile, program]
    const child = spawn(file, [
      ...args,
      "serve",
      "--app",
      "chat@0",
      "--port",
      "0",
      "--host",
      host,
      "--dir",
      join(own, "inbox"),
      "--store",
      join(own, "chat.db")
    ], { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, XDG_STATE_HOME: own, XDG_CONFIG_HOME: own } })
    const end = () =>
      new Promise((ended) => {
        child.on("exit", () => {
          rmSync(own, { recursive: true, force: true })
          ended()
        })
        child.kill("SIGTERM")
      })
    child.on("exit", (code) => reject(new Error(`holub serve ended with ${code}`)))
    // Without --json: that would report each delivery.
    createInterface(child.stderr).on("line", (line) => {
      const [, port] = /chat listens at .*:(\d+)/.exec(line) ?? []
      if (port !== undefined) resolve({ port: Number(port), pid: child.pid, end })
    })
  })

/** What a client says to enter the room, what it then gets, and a line of a text. */
export const dialect = {
  enter: (number) => `g${number}\n`,
  entered: "/help lists",
  line: (text) => `${text}\n`,
  receivers: (clients) => clients
}
