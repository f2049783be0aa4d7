/**
 * A real pseudo-terminal with a shell in it, by tmux: the test types as a person does and reads the screen. It waits for text
 * on the screen, never for a fixed time.
 */
import { execFileSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { rmSync } from "node:fs"
import { waitLimitMillis } from "../waitLimit.ts"
import { ownFolders } from "./folders.ts"

const pollMillis = 25

const open = new Set<Terminal>()

/** Closes every terminal; for `afterEach`. */
export const closeTerminals = (): void => {
  for (const terminal of open) terminal.close()
}

export interface TerminalOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly columns?: number
}

export class Terminal {
  readonly #socket = `holub-${randomBytes(6).toString("hex")}`
  readonly #server: number
  readonly #socketPath: string
  /** Text before this index was matched before. */
  #seen = 0

  constructor({ columns = 100, cwd, env = {} }: TerminalOptions) {
    const settings = Object.entries({ PS1: "$ ", HISTFILE: "/dev/null", ...ownFolders(), ...env }).flatMap((
      [name, value]
    ) => ["-e", `${name}=${value}`])
    this.#tmux("new-session", "-d", "-x", String(columns), "-y", "30", "-c", cwd, ...settings, "sh")
    const [server, path = ""] = this.#tmux("display-message", "-p", "#{pid} #{socket_path}").trim().split(" ")
    this.#server = Number(server)
    this.#socketPath = path
    open.add(this)
  }

  /** All text that the terminal has shown, wrapped lines joined. */
  get text(): string {
    return this.#tmux("capture-pane", "-p", "-J", "-S", "-").replace(/[ \n]+$/, "")
  }

  type(text: string): void {
    this.#tmux("send-keys", "-l", "--", text)
  }

  /** Keys by their names in tmux: `Enter`, `C-c`, `Tab`. */
  press(...keys: ReadonlyArray<string>): void {
    this.#tmux("send-keys", ...keys)
  }

  /** Inserts the text at once, as from the clipboard; between brackets if the program has switched them on. */
  paste(text: string, { hasBrackets = true } = {}): void {
    execFileSync("tmux", ["-L", this.#socket, "load-buffer", "-"], { input: text })
    this.#tmux("paste-buffer", ...(hasBrackets ? ["-p"] : []))
  }

  resize(columns: number): void {
    this.#tmux("resize-window", "-x", String(columns))
  }

  /** Waits for text that matches and was not matched before. */
  async sees(pattern: RegExp): Promise<RegExpExecArray> {
    const found = await this.#until(`show ${pattern}`, (text) => pattern.exec(text.slice(this.#seen)) ?? undefined)
    this.#seen += found.index + found[0].length
    return found
  }

  /** Waits until a new last line matches; text that appears above it later counts as new. */
  async waitsAt(pattern: RegExp): Promise<void> {
    this.#seen = await this.#until(`wait at ${pattern}`, (text) => {
      const start = text.lastIndexOf("\n") + 1
      return start >= this.#seen && pattern.test(text.slice(start)) ? start : undefined
    })
  }

  /** Changes the width, and waits until the last line, which is drawn again, matches. */
  async resizedTo(columns: number, pattern: RegExp): Promise<void> {
    this.resize(columns)
    this.#seen = 0
    await this.waitsAt(pattern)
  }

  /** Types an answer when the question is the last line. */
  async answers(question: RegExp, text: string): Promise<void> {
    await this.waitsAt(question)
    this.#seen++
    this.type(text)
    this.press("Enter")
  }

  async #until<A>(what: string, look: (text: string) => A | undefined): Promise<A> {
    const until = performance.now() + waitLimitMillis
    while (performance.now() < until) {
      const found = look(this.text)
      if (found !== undefined) return found
      await new Promise((resolve) => setTimeout(resolve, pollMillis))
    }
    throw new Error(`the terminal does not ${what}, it shows:\n${this.text}`)
  }

  /** Ends the terminal as when its window is closed. */
  close(): void {
    open.delete(this)
    process.kill(this.#server, "SIGTERM")
    rmSync(this.#socketPath, { force: true })
  }

  #tmux(...args: ReadonlyArray<string>): string {
    return execFileSync("tmux", ["-L", this.#socket, "-f", "/dev/null", ...args], { encoding: "utf8" })
  }
}
