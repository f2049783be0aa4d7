/**
 * The built program as processes: starts it, collects its output, ends it. Every line of `--json` is checked against its
 * documented Schema. Nothing here waits for a fixed time: it waits for output or for the end, up to a common limit.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { waitLimitMillis } from "../waitLimit.ts"
import { type Line, readLine } from "./documented.ts"
import { folder, ownFolders, removeFolders } from "./folders.ts"

export { folder } from "./folders.ts"

/** The built program; `npm ci` builds it. */
export const program = fileURLToPath(new URL("../../dist/bin.cjs", import.meta.url))

export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly code: number | NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** The lines of stdout without `progress`, whose number depends on the machine; empty without `--json`. */
  readonly lines: ReadonlyArray<Line>
}

export interface StartOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Standard input; without it, standard input ends at once. */
  readonly input?: string | Uint8Array
  /** Standard input does not end. */
  readonly hasEndlessInput?: boolean
  /** The command has a session of its own: no controlling terminal, and signals go to all its processes. */
  readonly isGroup?: boolean
}

/** Calls `each` for one item after another. */
export const inTurn = <A>(items: Iterable<A>, each: (item: A, index: number) => Promise<unknown>): Promise<unknown> =>
  Array.from(items).reduce<Promise<unknown>>(
    (before, item, index) => before.then(() => each(item, index)),
    Promise.resolve()
  )

/** The lines of a sender that are no outcomes. */
const beginnings = new Set(["started", "connected", "disconnected"])

const running = new Set<Running>()

/** Ends the programs that still run and removes the folders; for `afterEach`. */
export const tidy = async (): Promise<void> => {
  const ending = Array.from(running, (one) => {
    one.kill("SIGKILL")
    return one.ended
  })
  await Promise.all(ending)
  removeFolders()
}

/** The environment of this process without all that would change the program, the developer's configuration file included. */
const environment = (more: StartOptions["env"] = {}): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(HOLUB_|NODE_OPTIONS$|NO_COLOR$)/.test(name))
  ),
  ...ownFolders(),
  ...more
})

export class Running {
  readonly child: ChildProcessWithoutNullStreams
  readonly ended: Promise<Ended>
  stdout = ""
  stderr = ""
  readonly #isJson: boolean
  readonly #isGroup: boolean
  readonly #watchers = new Set<() => void>()
  #hasEnded = false
  readonly #readLines: Array<Line> = []
  #readTo = 0

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
    const limit = setTimeout(() => this.kill("SIGKILL"), waitLimitMillis)
    this.child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text
      this.#changed()
    })
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text
      this.#changed()
    })
    // A program may end without reading its input.
    this.child.stdin.on("error", () => undefined)
    if (hasEndlessInput) this.child.stdin.write(input ?? "")
    else this.child.stdin.end(input ?? "")
    this.ended = new Promise((resolve, reject) => {
      this.child.on("error", reject)
      this.child.on("close", (code, signal) => {
        clearTimeout(limit)
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
   * The complete lines of stdout so far, without `progress`; of a sender only the outcomes and errors. All lines, also those
   * that are left out, are checked against their Schema.
   */
  get lines(): ReadonlyArray<Line> {
    const hasSent = this.child.spawnargs.includes("send")
    return this.#allLines.filter(({ type }) => type !== "progress" && !(hasSent && beginnings.has(type)))
  }

  get #allLines(): ReadonlyArray<Line> {
    if (!this.#isJson) return []
    const end = this.stdout.lastIndexOf("\n")
    if (end > this.#readTo) {
      // Each line is read once: some programs write thousands.
      this.#readLines.push(...this.stdout.slice(this.#readTo, end).split("\n").map(readLine))
      this.#readTo = end + 1
    }
    return this.#readLines
  }

  /** Waits until `look` finds something in the output of the program; fails when the program ends first. */
  until<A>(look: (program: Running) => A | undefined): Promise<A> {
    return new Promise((resolve, reject) => {
      const watch = (): void => {
        try {
          const found = look(this)
          if (found === undefined && !this.#hasEnded) return
          this.#watchers.delete(watch)
          if (found === undefined) {
            reject(new Error(`it ended first, with the output ${this.stdout} and ${this.stderr}`))
          } else resolve(found)
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

  /** Waits for a line for which `is` is true. */
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
  /** The names in the inbox, hidden files and parts included. */
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
  /** 0, the default: the system chooses one. */
  readonly port?: number
  /** Default: a new one in a folder of its own. */
  readonly inbox?: string
  readonly env?: Readonly<Record<string, string>>
  /** A command that starts the program, such as `prlimit`. */
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

/** Starts a server on a port that the system chooses and waits until it listens. Its inbox is in a folder of its own. */
export const serve = (...args: ReadonlyArray<string>): Promise<Server> => serveWith({ args })

/** The flags of the classic wire, for either side. */
export const classic = ["--wire", "classic"] as const

/** The same over the classic wire. */
export const serveClassic = (...args: ReadonlyArray<string>): Promise<Server> => serve(...classic, ...args)

/** The same without `--json`: its output is for people. */
export const serveForPeople = (...args: ReadonlyArray<string>): Promise<Server> => serveForPeopleWith(args)

export const serveForPeopleWith = async (args: ReadonlyArray<string>, options?: StartOptions): Promise<Server> => {
  const inbox = join(folder(), "inbox")
  const process = holub(["serve", "--port", "0", "--dir", inbox, ...args], options)
  const port = await process.until(({ stderr }) => /^listening at 127\.0\.0\.1:(\d+),/m.exec(stderr)?.[1])
  return serverOf(process, Number(port), inbox)
}

/** Sends to a server and waits for the end. */
export const send = (
  { address }: Pick<Server, "address">,
  args: ReadonlyArray<string>,
  options?: StartOptions
): Promise<Ended> => holub(["send", "--to", address, "--json", ...args], options).ended

/** The same over the classic wire. */
export const sendClassic: typeof send = (server, args, options) => send(server, [...classic, ...args], options)

/** Resident memory of a process in bytes. */
export const residentBytes = ({ child }: Running): number => {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))
  if (line === null) throw new Error(`process ${child.pid} has ended`)
  return Number(line[1]) * 1024
}
