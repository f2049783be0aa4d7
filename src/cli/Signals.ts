/** Ends the program early: after a signal, or when an output has no reader. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as ControllingTerminal from "./ControllingTerminal.ts"
import { ExitCode, exitCodeOf } from "./errors/ExitCodes.ts"
import type { OwnOutputs } from "./report/Outputs.ts"

/**
 * `NodeRuntime.runMain` interrupts its fiber on the first SIGINT or SIGTERM. This class defines the effect: SIGINT
 * interrupts the program, which closes its sessions and informs its peers; SIGTERM completes `stopping`, and a server
 * drains; SIGHUP has the effect of SIGINT, unless it opens the log again. A second signal ends the program immediately,
 * except a repeated SIGTERM, because `timeout` signals the program and its group, and SIGHUP, which both the system and the
 * shell send when a terminal is closed.
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

  /** Completes when the program must stop; current messages may be completed. */
  get stopping(): Effect.Effect<void> {
    return Deferred.await(this.#stopping)
  }

  /** Whether the program ends early. */
  get hasBegun(): boolean {
    return this.#hasBegun
  }

  /** The exit code, valid when the program has ended. */
  get exitCode(): ExitCode {
    if (this.#failedWith !== undefined) return this.#failedWith
    if (this.#outputs.hasLostResult()) return ExitCode.localIo
    return this.#exit === undefined ? this.#exitCode : exitCodeOf(this.#exit, this.#exitCode)
  }

  /** The program for `runMain`. To be called before `runMain`, because these listeners must run before its own. */
  supervise<R>(
    program: Effect.Effect<void, { readonly exitCode: ExitCode }, R>
  ): Effect.Effect<void, { readonly exitCode: ExitCode }, R> {
    process.on("SIGINT", () => this.#onSignal(ExitCode.interrupted))
    process.on("SIGTERM", () => this.#onSignal(ExitCode.terminated))
    process.on("SIGHUP", () => {
      // Without a controlling terminal a log has a listener that opens its file again.
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

  /** Handles errors of the outputs, such as a reader that has exited. */
  watchOutputs(isServing: boolean): void {
    process.stderr.on("error", () => undefined)
    process.stdout.on("error", (cause: NodeJS.ErrnoException) => {
      // SIGHUP follows, if this process belongs to the terminal.
      if (ControllingTerminal.hasGone(process.stdout, cause)) return this.end(ExitCode.hangUp)
      // The reader has exited: a server stops, every other command continues to its end.
      if (cause.code === "EPIPE") return isServing ? this.end(ExitCode.ok) : undefined
      process.stderr.write(`holub: standard output cannot be written: ${cause.message}\n`)
      this.#failedWith ??= ExitCode.localIo
      this.end(ExitCode.localIo)
    })
  }

  /** Ends the program: sessions and files are closed, peers are informed. */
  end(exitCode: ExitCode): void {
    if (this.#begin(exitCode)) this.#interrupt()
  }

  #onSignal(exitCode: ExitCode): void {
    if (this.#begin(exitCode)) return
    if (exitCode !== ExitCode.terminated || this.#exitCode !== exitCode) process.exit(exitCode)
  }

  /** Begins the end of the program; returns false if it has begun before. */
  #begin(exitCode: ExitCode): boolean {
    if (this.#hasBegun) return false
    this.#hasBegun = true
    this.#exitCode = exitCode
    this.#outputs.hurry()
    return true
  }
}
