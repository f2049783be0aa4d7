/**
 * The file of `--log-file`: each line is appended immediately, so that it survives a crash of the program. `reopen`
 * serves log rotation.
 */
import * as Either from "effect/Either"
import { closeSync, constants, openSync, writeSync } from "node:fs"
import { resolve } from "node:path"
import { fromSystem } from "../../node/storage/FileErrors.ts"
import type { Failure } from "../errors/Failure.ts"
import { ofSource } from "../errors/Failure.ts"

/** O_NONBLOCK, because otherwise the program would wait for the reader of a named pipe. */
const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK

export class LogFile {
  readonly #path: string
  #descriptor: number
  #isFailing = false
  /** Whether the last line is incomplete. */
  #isTorn = false

  private constructor(path: string) {
    this.#path = path
    this.#descriptor = openSync(path, flags, 0o600)
  }

  static open(path: string): Either.Either<LogFile, Failure> {
    return Either.try({
      try: () => new LogFile(resolve(path)),
      catch: (cause) => ofSource(fromSystem("open the log file", path, cause))
    })
  }

  /** Appends a line. Returns an error message the first time that this fails. */
  append(line: string): string | undefined {
    try {
      this.#write(this.#isTorn ? `\n${line}` : line)
      this.#isFailing = false
      return undefined
    } catch (cause) {
      if (this.#isFailing) return undefined
      this.#isFailing = true
      return `${fromSystem("write the log file", this.#path, cause).message}; lines are lost until it can be written`
    }
  }

  /** Opens the path again. Returns an error message if this fails; the previous file then stays open. */
  reopen(): string | undefined {
    try {
      const before = this.#descriptor
      this.#descriptor = openSync(this.#path, flags, 0o600)
      this.#isFailing = false
      this.#isTorn = false
      closeSync(before)
      return undefined
    } catch (cause) {
      return `${fromSystem("open the log file", this.#path, cause).message}; logging continues in the previous file`
    }
  }

  #write(text: string): void {
    const bytes = Buffer.from(text)
    let at = 0
    while (at < bytes.length) {
      at += writeSync(this.#descriptor, bytes, at)
      this.#isTorn = at < bytes.length
    }
  }
}
