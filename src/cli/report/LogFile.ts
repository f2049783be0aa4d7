/**
 * The file of `--log-file`: lines are appended at once, so that they are there whatever becomes of the program. Whoever moves
 * the file away asks for a new one.
 */
import * as Either from "effect/Either"
import { closeSync, constants, openSync, writeSync } from "node:fs"
import { resolve } from "node:path"
import { fromSystem } from "../../node/storage/FileErrors.ts"
import type { Failure } from "../errors/Failure.ts"
import { ofSource } from "../errors/Failure.ts"

/** Without O_NONBLOCK the program would wait for the reader of a named pipe. */
const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK

export class LogFile {
  readonly #path: string
  #descriptor: number
  #isFailing = false
  /** Whether a line was begun and not finished. */
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

  /** Appends a line; says what is wrong the first time that it cannot. */
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

  /** Opens the file of that name anew, as it is now; says what is wrong if it cannot. */
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
