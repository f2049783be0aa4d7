/** `holub` without a command, where somebody is at the terminal or flags were given. */
import * as Effect from "effect/Effect"
import { usage } from "./Failure.ts"
import { ExitCode } from "./Failure.ts"
import * as Help from "./Help.ts"
import type { Runner } from "./Runner.ts"

export const run: Runner = ({ print, sources }) =>
  sources.given.length === 0
    ? Effect.as(print(Help.general()), ExitCode.ok)
    : Effect.fail(usage("flags alone do nothing", "name a command: `holub --help` lists them"))
