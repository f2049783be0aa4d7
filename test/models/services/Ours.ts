/** Our server with many apps, and our client, as processes. */
import { join } from "node:path"
import { readLine } from "../../processes/documented.ts"
import { folder, holub, type Running } from "../../processes/holub.ts"
import type { Client, Service } from "./Client.ts"
import { Ledger } from "./Ledger.ts"
import { found } from "./Stage.ts"

/** A line of `--json` of an app. */
type AppLine = Readonly<Record<string, unknown>>

const loopback = "127.0.0.1"

/** `holub serve` with apps, each on a port that the system chose. */
export class Host {
  readonly process: Running
  readonly #apps: ReadonlyArray<string>
  readonly #ledgers = new Map<string, Ledger>()
  readonly #lines: Array<AppLine> = []
  #readTo = 0

  /** `apps` are the values of `--app`, without the port. */
  constructor(apps: ReadonlyArray<string>, args: ReadonlyArray<string> = []) {
    this.#apps = apps
    this.process = holub([
      "serve",
      ...apps.flatMap((app) => ["--app", `${app}@0`]),
      "--port",
      "0",
      "--host",
      loopback,
      "--dir",
      join(folder(), "inbox"),
      "--json",
      ...args
    ], { hasEndlessInput: true })
  }

  /** Waits until all apps listen. */
  async start(): Promise<void> {
    await this.process.until(() => this.#apps.every((app) => this.#listening(app).length > 0) ? true : undefined)
  }

  /** One of the apps; `words/kyiv` if its room has a name. */
  service(app: string, transport = this.#transportOf(app)): Service {
    const port = this.#portOf(app, transport)
    if (port === undefined) throw new Error(`${app} does not listen on ${transport}`)
    const ledger = this.#ledger(nameOf(app), transport)
    return {
      host: loopback,
      port,
      received: async (peer, messages) => {
        await this.process.until(() => {
          this.#read()
          return ledger.of(peer) >= messages ? true : undefined
        })
      }
    }
  }

  /** Waits for a line of an app; `since` is the number of lines before it that do not count. */
  line(is: (line: AppLine) => boolean, since = 0): Promise<AppLine> {
    return this.process.until(() => this.lines.slice(since).find(is))
  }

  get lines(): ReadonlyArray<AppLine> {
    this.#read()
    return this.#lines
  }

  #listening(app: string): ReadonlyArray<AppLine> {
    return this.lines.filter((line) => line["type"] === "listening" && line["app"] === nameOf(app))
  }

  /** The first one: that of the first dialect. */
  #transportOf(app: string): string {
    return String(this.#listening(app)[0]?.["transport"])
  }

  #portOf(app: string, transport: string): number | undefined {
    const line = this.#listening(app).find((one) => one["transport"] === transport)
    return line === undefined ? undefined : Number(line["port"])
  }

  #ledger(app: string, transport: string): Ledger {
    const key = `${app} ${transport}`
    const known = this.#ledgers.get(key) ?? new Ledger()
    this.#ledgers.set(key, known)
    return known
  }

  #read(): void {
    const { stdout } = this.process
    const end = stdout.lastIndexOf("\n")
    if (end <= this.#readTo) return
    for (const text of stdout.slice(this.#readTo, end).split("\n")) {
      if (text === "") continue
      const line: AppLine = { ...readLine(text) }
      this.#lines.push(line)
      if (line["app"] === undefined) continue
      const ledger = this.#ledger(String(line["app"]), String(line["transport"]))
      if (line["type"] === "connected") ledger.begin(String(line["peer"]))
      if (line["type"] === "received") ledger.add(String(line["peer"]))
    }
    this.#readTo = end
  }
}

/** `words/kyiv` of `words/kyiv=players:2`. */
const nameOf = (app: string): string => app.split("=")[0] ?? ""

/** Opens clients of ours at a server, which counts what they all have sent. */
export const joining = (
  { host, port, received }: Service,
  app: string,
  transport = "tcp",
  args: ReadonlyArray<string> = []
): () => Promise<JoinedClient> => {
  let said = 0
  return async () =>
    new JoinedClient(
      holub(["join", "--raw", `${transport}://${host}:${port}`, "--app", app, ...args], { hasEndlessInput: true }),
      async (messages) => {
        said += messages
        await received(undefined, said)
      }
    )
}

export class JoinedClient implements Client {
  readonly process: Running
  readonly #sent: (messages: number) => Promise<void>

  constructor(process: Running, sent: (messages: number) => Promise<void>) {
    this.process = process
    this.#sent = sent
  }

  async says(line: string, messages = 1): Promise<void> {
    this.types(line)
    const failing = this.leaves().then(() => new Promise<never>(() => undefined))
    await Promise.race([this.#sent(messages), failing])
  }

  types(line: string): void {
    this.process.child.stdin.write(`${line}\n`)
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.process.until(({ stdout }) => found(stdout, text) ? true : undefined)
  }

  /** A prompt stands on standard error, one a line, after the line of the connection. */
  async asks(times: number): Promise<void> {
    await this.process.until(({ stderr }) => stderr.split("\n").length > times + 1 ? true : undefined)
  }

  end(): void {
    this.process.child.stdin.end()
  }

  /** Its standard input stays open, unless `end` has closed it. */
  async leaves(): Promise<void> {
    const { code, stderr } = await this.process.ended
    if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`)
  }

  get screen(): string {
    return this.process.stdout
  }
}

/** `holub talk`, with these flags; `port` is where it listens. */
export const conversing = async (
  args: ReadonlyArray<string>
): Promise<{ readonly port: number; readonly client: JoinedClient }> => {
  const process = holub(["talk", ...args], { hasEndlessInput: true })
  const port = await process.until(({ stderr }) => /listens at .*:(\d+) \(\w+\)$/m.exec(stderr)?.[1])
  // No server counts what it sends: the other side shows it.
  return { port: Number(port), client: new JoinedClient(process, () => Promise.resolve()) }
}
