/** What ends the program early: a signal, or an output that nobody reads. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { ExitCode, exitCodeOf } from "./errors/ExitCodes.ts"
import type { OwnOutputs } from "./report/Outputs.ts"

/**
 * `NodeRuntime.runMain` interrupts its fiber on the first SIGINT or SIGTERM. This decides what that means: SIGINT interrupts the
 * program, which ends in order and informs its peers; SIGTERM completes `stopping`, and a server finishes what is under way. A
 * second signal ends the program at once, except a repeated SIGTERM: `timeout` sends it to the program and to its group.
 */
export class Ending {
  readonly #stopping = Effect.runSync(Deferred.make<void>())
  readonly #outputs: Pick<OwnOutputs, "hurry" | "hasLostResult">
  #interrupt: () => void = () => undefined
  #exit: Exit.Exit<void, { readonly exitCode: ExitCode }> | undefined
  #exitCode: ExitCode = ExitCode.interrupted
  #failedWith: ExitCode | undefined
  #hasBegun = false

  constructor(outputs: Pick<OwnOutputs, "hurry" | "hasLostResult">) {
    this.#outputs = outputs
  }

  /** Completes when the program must stop and may finish what is under way. */
  get stopping(): Effect.Effect<void> {
    return Deferred.await(this.#stopping)
  }

  /** Whether the program ends early. */
  get hasBegun(): boolean {
    return this.#hasBegun
  }

  /** The code to exit with, once the program has ended. */
  get exitCode(): ExitCode {
    if (this.#failedWith !== undefined) return this.#failedWith
    if (this.#outputs.hasLostResult()) return ExitCode.localIo
    return this.#exit === undefined ? this.#exitCode : exitCodeOf(this.#exit, this.#exitCode)
  }

  /** The program as `runMain` runs it. Called before `runMain`: these listeners must be called before its own. */
  supervise<R>(
    program: Effect.Effect<void, { readonly exitCode: ExitCode }, R>
  ): Effect.Effect<void, { readonly exitCode: ExitCode }, R> {
    process.on("SIGINT", () => this.#onSignal(ExitCode.interrupted))
    process.on("SIGTERM", () => this.#onSignal(ExitCode.terminated))
    process.on("SIGHUP", () => {
      // A log reopens its file, and a dialog checks whether its terminal has gone.
      if (process.listenerCount("SIGHUP") === 1) this.end(ExitCode.hangUp)
    })
    return Effect.flatMap(Effect.forkDaemon(program), (fiber) => {
      this.#interrupt = () => void Effect.runFork(Fiber.interrupt(fiber))
      fiber.addObserver((exit) => {
        this.#exit = exit
      })
      const interrupted = Effect.suspend(() =>
        this.#exitCode === ExitCode.terminated
          ? Effect.zipRight(Deferred.succeed(this.#stopping, undefined), Fiber.await(fiber))
          : Fiber.interrupt(fiber)
      )
      return Effect.onInterrupt(Fiber.join(fiber), () => interrupted)
    })
  }

  /** What happens when an output is not read. */
  watchOutputs(isServing: boolean): void {
    process.stderr.on("error", () => undefined)
    process.stdout.on("error", (cause: NodeJS.ErrnoException) => {
      // The reader has gone: a server has no purpose any more, every other command continues to its end.
      if (cause.code === "EPIPE") return isServing ? this.end(ExitCode.ok) : undefined
      process.stderr.write(`holub: standard output cannot be written: ${cause.message}\n`)
      this.#failedWith ??= ExitCode.localIo
      this.end(ExitCode.localIo)
    })
  }

  /** Ends the program in order: what is open is closed, peers are informed. */
  end(exitCode: ExitCode): void {
    if (this.#begin(exitCode)) this.#interrupt()
  }

  #onSignal(exitCode: ExitCode): void {
    if (this.#begin(exitCode)) return
    if (exitCode !== ExitCode.terminated || this.#exitCode !== exitCode) process.exit(exitCode)
  }

  /** Whether the program did not end before. */
  #begin(exitCode: ExitCode): boolean {
    if (this.#hasBegun) return false
    this.#hasBegun = true
    this.#exitCode = exitCode
    this.#outputs.hurry()
    return true
  }
}
