/**
 * Models of the published programs, in Python: one process runs them all, each in a thread. The test types for them and looks at
 * their screens. `stage.py` and `part.py` are the other side.
 */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Running } from "../../processes/holub.ts"
import type { Client, Service } from "./Client.ts"
import { Ledger } from "./Ledger.ts"

/** Whether there is a Python that can run the models. */
export const hasPython = spawnSync("python3", ["--version"]).status === 0

/** Behind the name of a test that needs them. */
export const needsPython = hasPython ? "" : " (skipped: there is no python3)"

const script = fileURLToPath(new URL("stage.py", import.meta.url))

interface Report {
  readonly name: string
  readonly show?: string
  readonly ask?: string
  readonly at?: string
  readonly listening?: number
  readonly received?: string
  readonly failed?: string
  readonly ended?: string | null
}

/** What is known of a model. */
class Screen {
  text = ""
  at: string | undefined
  port: number | undefined
  end: string | null | undefined
  failure: string | undefined
  asked = 0
  readonly ledger = new Ledger()

  take({ ask, at, ended, failed, listening, received, show }: Report): void {
    if (show !== undefined) this.text += `${show}\n`
    if (ask !== undefined) this.asked++
    if (at !== undefined) this.at = at
    if (listening !== undefined) this.port = listening
    if (received !== undefined) this.ledger.add(received)
    if (failed !== undefined) this.failure ??= failed
    if (ended !== undefined) this.end = ended
  }
}

export type Options = Readonly<Record<string, unknown>>

export class Stage {
  readonly #python = new Running("python3", ["-B", script], { hasEndlessInput: true })
  readonly #screens = new Map<string, Screen>()
  #readTo = 0

  /** Starts a client, and waits until it has a socket. */
  async client(service: string, { host, port, received }: Service, options: Options = {}): Promise<StageClient> {
    const name = this.#start({ role: "client", service, host, port, options })
    const client = new StageClient(name, this, received)
    await this.until(name, ({ at, end }) => at !== undefined || end !== undefined)
    return client
  }

  /** Starts a server, at a port that the system chooses unless one is given, and waits until it listens. */
  async server(service: string, options: Options = {}, at = 0): Promise<StageServer> {
    const name = this.#start({ role: "server", service, options, port: at })
    const { port } = await this.until(name, (screen) => screen.port !== undefined)
    if (port === undefined) throw new Error(`the server ${name} does not listen`)
    return {
      host: "127.0.0.1",
      port,
      received: async (peer, messages) => {
        await this.until(name, ({ ledger }) => ledger.of(peer) >= messages)
      },
      types: (line) => this.order({ type: name, line }),
      dies: async (how) => {
        this.order({ die: name, how })
        await this.until(name, ({ end }) => end === null)
      },
      sees: async (text) => {
        await this.until(name, (screen) => found(screen.text, text))
      }
    }
  }

  order(order: object): void {
    this.#python.child.stdin.write(`${JSON.stringify(order)}\n`)
  }

  screen(name: string): Screen {
    this.#read()
    const screen = this.#screens.get(name)
    if (screen === undefined) throw new Error(`no model ${name}`)
    return screen
  }

  /** Waits for something on a screen; fails if the model ends before, or has met something wrong. */
  until(name: string, is: (screen: Screen) => boolean): Promise<Screen> {
    return this.#python.until(() => {
      const screen = this.screen(name)
      if (is(screen)) return screen
      check(name, screen)
      if (screen.end === null) throw new Error(`${name} has ended, after\n${screen.text}`)
      return undefined
    })
  }

  /** Fails if the model meets something wrong: a wait for its server ends with it. Never ends otherwise. */
  failing(name: string): Promise<never> {
    return this.#python.until<never>(() => {
      check(name, this.screen(name))
      return undefined
    })
  }

  #start({ service, ...order }: { readonly role: string; readonly service: string } & Options): string {
    const name = `${service} ${order.role} ${this.#screens.size + 1}`
    this.#screens.set(name, new Screen())
    this.order({ start: name, service, ...order })
    return name
  }

  #read(): void {
    const { stdout } = this.#python
    const end = stdout.lastIndexOf("\n")
    if (end <= this.#readTo) return
    for (const line of stdout.slice(this.#readTo, end).split("\n")) {
      if (line === "") continue
      const report = JSON.parse(line) as Report
      this.#screens.get(report.name)?.take(report)
    }
    this.#readTo = end
  }
}

const check = (name: string, { end, failure, text }: Screen): void => {
  const wrong = failure ?? end
  if (typeof wrong === "string") throw new Error(`${name}: ${wrong}, after\n${text}`)
}

/** A model of a server; what is typed, and how it dies, is for those that ask their operator. */
export interface StageServer extends Service {
  readonly types: (line: string) => void
  readonly dies: (how: "close" | "reset") => Promise<void>
  readonly sees: (text: string | RegExp) => Promise<void>
}

/** A model of a client. */
export class StageClient implements Client {
  readonly #name: string
  readonly #stage: Stage
  readonly #received: Service["received"]
  #said = 0

  constructor(name: string, stage: Stage, received: Service["received"]) {
    this.#name = name
    this.#stage = stage
    this.#received = received
  }

  async says(line: string, messages = 1): Promise<void> {
    this.types(line)
    this.#said += messages
    await Promise.race([this.#received(this.at, this.#said), this.#stage.failing(this.#name)])
  }

  types(line: string): void {
    this.#stage.order({ type: this.#name, line })
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.#stage.until(this.#name, (screen) => found(screen.text, text))
  }

  async asks(times: number): Promise<void> {
    await this.#stage.until(this.#name, ({ asked }) => asked >= times)
  }

  end(): void {
    this.#stage.order({ end: this.#name })
  }

  /** Ends it in the middle of what it does: by a FIN, or by a RST. */
  async dies(how: "close" | "reset"): Promise<void> {
    this.#stage.order({ die: this.#name, how })
    await this.leaves()
  }

  async leaves(): Promise<void> {
    await this.#stage.until(this.#name, ({ end }) => end === null)
  }

  /** The port at which it receives, of a program without a server: its own, or that of its group. */
  get port(): number {
    return this.#stage.screen(this.#name).port ?? 0
  }

  /** The address of its socket. */
  get at(): string {
    return this.#stage.screen(this.#name).at ?? ""
  }

  get screen(): string {
    return this.#stage.screen(this.#name).text
  }
}

export const found = (screen: string, text: string | RegExp): boolean =>
  typeof text === "string" ? screen.includes(text) : text.test(screen)
