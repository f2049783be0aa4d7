/**
 * The built program as processes: starts it, collects what it says, ends it. Every line of `--json` is held to what is
 * documented. Nothing here waits for a time: it waits for output or for the end.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Line, readLine } from "./documented.ts"

/** The built program; `npm ci` builds it. */
export const program = fileURLToPath(new URL("../../dist/bin.js", import.meta.url))

export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly code: number | NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** Those of stdout but progress, which a slow machine has more of; empty without `--json`. */
  readonly lines: ReadonlyArray<Line>
}

export interface StartOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Standard input; ends at once without it. */
  readonly input?: string | Uint8Array
  /** Standard input does not end. */
  readonly hasEndlessInput?: boolean
  /** A shell with children of its own: signals go to all of them. */
  readonly isGroup?: boolean
}

/** Does it for one item after another. */
export const inTurn = <A>(items: Iterable<A>, each: (item: A, index: number) => Promise<unknown>): Promise<unknown> =>
  Array.from(items).reduce<Promise<unknown>>(
    (before, item, index) => before.then(() => each(item, index)),
    Promise.resolve()
  )

/** What a sender says beside outcomes. */
const beginnings = new Set(["started", "connected", "disconnected"])

const running = new Set<Running>()
const folders = new Set<string>()

/** A temporary folder of its own; `tidy` removes it. */
export const folder = (): string => {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "holub-test-")))
  folders.add(path)
  return path
}

/** Ends what still runs and removes what was made; for `afterEach`. */
export const tidy = async (): Promise<void> => {
  const ending = Array.from(running, (one) => {
    one.kill("SIGKILL")
    return one.ended
  })
  await Promise.all(ending)
  for (const path of folders) rmSync(path, { recursive: true, force: true })
  folders.clear()
}

/** The environment of this process without what would change the program, a configuration file of the developer's too. */
const environment = (more: StartOptions["env"] = {}): NodeJS.ProcessEnv => {
  const home = folder()
  return {
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(HOLUB_|NODE_OPTIONS$|NO_COLOR$)/.test(name))
    ),
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_DATA_HOME: join(home, "data"),
    ...more
  }
}

export class Running {
  readonly child: ChildProcessWithoutNullStreams
  readonly ended: Promise<Ended>
  stdout = ""
  stderr = ""
  readonly #isJson: boolean
  readonly #isGroup: boolean
  readonly #watchers = new Set<() => void>()
  #hasEnded = false

  constructor(
    command: string,
    args: ReadonlyArray<string>,
    { cwd, env, hasEndlessInput = false, input, isGroup = false }: StartOptions = {}
  ) {
    this.#isJson = args.includes("--json")
    this.#isGroup = isGroup
    this.child = spawn(command, args, {
      cwd: cwd ?? folder(),
      env: environment(env),
      stdio: "pipe",
      detached: isGroup
    })
    running.add(this)
    this.child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text
      this.#changed()
    })
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text
      this.#changed()
    })
    // A program that ends without reading its input is no mistake of the test.
    this.child.stdin.on("error", () => undefined)
    if (hasEndlessInput) this.child.stdin.write(input ?? "")
    else this.child.stdin.end(input ?? "")
    this.ended = new Promise((resolve, reject) => {
      this.child.on("error", reject)
      this.child.on("close", (code, signal) => {
        running.delete(this)
        this.#hasEnded = true
        this.#changed()
        try {
          resolve({ code: code ?? signal, stdout: this.stdout, stderr: this.stderr, lines: this.lines })
        } catch (error) {
          reject(error)
        }
      })
    })
    this.ended.catch(() => undefined)
  }

  /**
   * The whole lines of stdout so far but progress, and but what a sender has begun: there only the outcomes are looked at.
   * All are held to what is documented.
   */
  get lines(): ReadonlyArray<Line> {
    const hasSent = this.child.spawnargs.includes("send")
    return this.#allLines.filter(({ type }) => type !== "progress" && !(hasSent && beginnings.has(type)))
  }

  get #allLines(): ReadonlyArray<Line> {
    return this.#isJson ? this.stdout.split("\n").slice(0, -1).map(readLine) : []
  }

  /** Waits until `look` finds something in what the program has said. */
  until<A>(look: (program: Running) => A | undefined): Promise<A> {
    return new Promise((resolve, reject) => {
      const watch = (): void => {
        try {
          const found = look(this)
          if (found === undefined && !this.#hasEnded) return
          this.#watchers.delete(watch)
          if (found === undefined) reject(new Error(`it ended first, with ${this.stdout} and ${this.stderr}`))
          else resolve(found)
        } catch (error) {
          this.#watchers.delete(watch)
          reject(error)
        }
      }
      this.#watchers.add(watch)
      watch()
    })
  }

  /** Waits for the line number `nth` of a type, from 0. */
  line(type: string, nth = 0): Promise<Line> {
    return this.until(() => this.#allLines.filter((line) => line.type === type)[nth])
  }

  /** Waits for a line that `is` what is wanted. */
  lineThat(is: (line: Line) => boolean): Promise<Line> {
    return this.until(() => this.#allLines.find(is))
  }

  kill(signal: NodeJS.Signals): void {
    const { pid } = this.child
    if (this.#isGroup && pid !== undefined) process.kill(-pid, signal)
    else this.child.kill(signal)
  }

  #changed(): void {
    for (const watch of this.#watchers) watch()
  }
}

/** Starts the program. */
export const holub = (args: ReadonlyArray<string>, options?: StartOptions): Running =>
  new Running(process.execPath, [program, ...args], options)

export interface Server {
  readonly process: Running
  readonly port: number
  /** `127.0.0.1:PORT` */
  readonly address: string
  readonly inbox: string
  /** What lies in the inbox, hidden files and parts too. */
  readonly files: () => ReadonlyArray<string>
}

const serverOf = (process: Running, port: number, inbox: string): Server => ({
  process,
  port,
  address: `127.0.0.1:${port}`,
  inbox,
  files: () => readdirSync(inbox).toSorted()
})

export interface ServeOptions {
  readonly args?: ReadonlyArray<string>
  /** 0, the default, lets the system choose. */
  readonly port?: number
  /** Without it, one in a folder of its own. */
  readonly inbox?: string
  readonly env?: Readonly<Record<string, string>>
  /** What starts the program, such as `prlimit`. */
  readonly by?: ReadonlyArray<string>
}

/** Starts a server and waits until it listens. */
export const serveWith = async (
  { args = [], by = [], env = {}, inbox = join(folder(), "inbox"), port = 0 }: ServeOptions
): Promise<Server> => {
  const [command = "", ...others] = [
    ...by,
    process.execPath,
    program,
    "serve",
    "--port",
    String(port),
    "--json",
    ...args
  ]
  const started = new Running(command, [...others, "--dir", inbox], { env })
  const line = await started.line("listening")
  return serverOf(started, Number(line["port"]), inbox)
}

/** Starts a server at a port of the system's choice, once it listens. Its inbox is in a folder of its own. */
export const serve = (...args: ReadonlyArray<string>): Promise<Server> => serveWith({ args })

/** The same without `--json`: it talks to people. */
export const serveForPeople = async (...args: ReadonlyArray<string>): Promise<Server> => {
  const inbox = join(folder(), "inbox")
  const process = holub(["serve", "--port", "0", "--dir", inbox, ...args])
  const port = await process.until(({ stderr }) => /^listening at 127\.0\.0\.1:(\d+),/m.exec(stderr)?.[1])
  return serverOf(process, Number(port), inbox)
}

/** Sends to a server and waits for the end. */
export const send = (
  { address }: Pick<Server, "address">,
  args: ReadonlyArray<string>,
  options?: StartOptions
): Promise<Ended> => holub(["send", "--to", address, "--json", ...args], options).ended

/** Bytes of memory that a process holds. */
export const residentBytes = ({ child }: Running): number => {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))
  if (line === null) throw new Error(`process ${child.pid} has ended`)
  return Number(line[1]) * 1024
}
