import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Failure } from "../../../src/cli/errors/Failure.ts"
import * as Failures from "../../../src/cli/errors/Failure.ts"
import { adviceOf, advising } from "../../../src/cli/interactive/Advice.ts"
import * as Greeting from "../../../src/cli/report/Greeting.ts"
import { wireNames } from "../../../src/protocol/WireName.ts"
import { Reason as StorageReason, StorageError } from "../../../src/storage/Storage.ts"
import { SessionError, SessionReason } from "../../../src/transport/SessionError.ts"
import { fakeReport } from "../commandsInMemory.ts"

const details = [undefined, "SpeaksClassic", "TargetExists", "TextTooLong"]

/** Every failure that can be reported in the interactive mode. */
const failures: ReadonlyArray<Failure> = [
  ...SessionReason.literals.flatMap((reason) =>
    details.flatMap((detail) => {
      const error = new SessionError({ reason, peer: "h:1", message: "it happened", detail })
      return [...wireNames.map((wire) => Failures.ofSession(error, wire)), Failures.ofListening(error)]
    })
  ),
  ...StorageReason.literals.flatMap((reason) => {
    const error = new StorageError({ reason, path: "a", message: "it happened" })
    return [Failures.ofStorage(error), Failures.ofSource(error)]
  })
]

describe("a hint in the interactive mode", () => {
  it("names no flag, except that of a new start and of a command for the other side (U1)", () => {
    const hints = failures.flatMap((failure) => adviceOf(failure) ?? [])
    const flags = hints.filter((hint) =>
      hint.replace(/`[^`]*`/g, "").replace(/start it with --wire (?:classic|flock)(?: --to h:1)?$/, "").includes("--")
    )
    expect(flags).toEqual([])
    // The rule applies to something.
    expect(failures.filter(({ hint }) => hint?.replace(/`[^`]*`/g, "").includes("--")).length).toBeGreaterThan(5)
    expect(failures.filter((failure) => failure.hint !== undefined && adviceOf(failure) === undefined)).toEqual([])
  })

  it.each([
    ["AddressInUse", "take another port with --port", "answer with another port, or with 0 for any free one"],
    ["TooLarge", "try --fragment-size 1000", "answer the question for the fragment size with 1000"],
    ["Silent", "try --wire classic", "end holub and start it with --wire classic"],
    ["Silent", "try --wire classic --to h:1", "end holub and start it with --wire classic --to h:1"],
    ["Silent", "see that `holub serve --wire classic` runs", "see that `holub serve --wire classic` runs"],
    ["Lost", "send the others again", "send the others again"]
  ])("of %s, %j, is %j", (code, hint, advice) => {
    expect(adviceOf({ code, hint })).toContain(advice)
  })

  it("is left out where a flag has no answer", () => {
    expect(adviceOf({ code: "NotFound", hint: "name the inbox with --dir DIR" })).toBeUndefined()
  })

  it.effect("is that of every error and every note of the report", () =>
    Effect.gen(function*() {
      const report = fakeReport()
      const told = advising(report)
      yield* told.emit({ type: "error", code: "TooLarge", exitCode: 2, message: "m", hint: "try --fragment-size 9" })
      yield* told.note("h:1 speaks the flock wire: try --wire flock")
      expect(report.events).toMatchObject([{ message: "m", hint: "answer the question for the fragment size with 9" }])
      expect(report.notes).toEqual(["h:1 speaks the flock wire: end holub and start it with --wire flock"])
    }))

  it("of a server that only this machine reaches names the answer", () => {
    const listening = { type: "listening", host: "127.0.0.1", port: 1, wire: "classic", dir: "/in" } as const
    expect(Greeting.linesOf(listening, true).join("\n")).not.toContain("--")
    expect(Greeting.linesOf(listening).join("\n")).toContain("--host 0.0.0.0")
  })
})
