// Creates the code cache of the built program (src/cli/Compiled.ts): it runs real transfers, so that V8 has compiled
// the functions that sending needs. A larger cache would take longer to read at every start, a smaller one to compile.
import { build } from "esbuild"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

/** The time limit of a run: far more than a run takes on a busy machine. */
const boundMillis = 60_000
const record = fileURLToPath(new URL("record.mjs", import.meta.url))

/** Creates the code cache of the program at `path`; fails if a run fails. */
export const makeCode = async (path) => {
  const program = resolve(path)
  const folder = mkdtempSync(join(tmpdir(), "holub-build-"))
  const children = new Set()
  const start = (...args) => {
    const child = new Child(args, folder)
    children.add(child)
    return child
  }
  try {
    const bundle = join(folder, "compiled.mjs")
    await build({
      entryPoints: [fileURLToPath(new URL("../src/cli/Compiled.ts", import.meta.url))],
      outfile: bundle,
      bundle: true,
      format: "esm",
      platform: "node"
    })
    const file = join(folder, "file")
    writeFileSync(file, "Holub letí.\n")
    for (const [wire, ...message] of [["flock", file], ["classic", "--text", "Holub letí."]]) {
      const bin = join(program, "../bin.cjs")
      const server = start(bin, "serve", "--wire", wire, "--port", "0", "--dir", join(folder, wire), "--json", "--once")
      const port = await server.said(/"type":"listening".*"port":(\d+)/)
      const to = ["--to", `127.0.0.1:${port}`]
      await start(record, bundle, program, "send", "--wire", wire, ...to, "--quiet", ...message).succeeded()
      await server.succeeded()
    }
    const { fromCode } = await import(pathToFileURL(bundle).href)
    if (fromCode(program)?.cachedDataRejected !== false) throw new Error("V8 does not take its own code")
  } catch (cause) {
    throw new Error(`the code of ${path} cannot be made: ${cause.message}`, { cause })
  } finally {
    await Promise.all(Array.from(children, (child) => child.end()))
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One run of Node, without the user's settings. */
class Child {
  #child
  #closed
  #output = ""

  constructor(args, home) {
    const settings = /^(?:HOLUB_|NODE_OPTIONS$|NODE_V8_COVERAGE$)/
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !settings.test(name)))
    this.#child = spawn(process.execPath, args, {
      env: { ...env, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, XDG_STATE_HOME: home },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: boundMillis,
      killSignal: "SIGKILL"
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        this.#output += text
      })
    }
    this.#closed = once(this.#child, "close")
    this.#closed.catch(() => undefined)
  }

  /** Waits for output that matches; resolves to the first group. */
  said(pattern) {
    return new Promise((take, fail) => {
      this.#child.stdout.on("data", () => {
        const found = pattern.exec(this.#output)
        if (found !== null) take(found[1])
      })
      this.#closed.then((ended) => fail(this.#failure(ended)), fail)
    })
  }

  async succeeded() {
    const ended = await this.#closed
    if (ended[0] !== 0) throw this.#failure(ended)
  }

  async end() {
    this.#child.kill("SIGKILL")
    await this.#closed.catch(() => undefined)
  }

  #failure([code, signal]) {
    return new Error(`node ${this.#child.spawnargs.slice(1).join(" ")} ended with ${code ?? signal}\n${this.#output}`)
  }
}
