/** The one choice between the wires: what runs a command over each, in a module that is loaded only then. */
import * as Effect from "effect/Effect"
import type { Runner } from "../commands/CommandContext.ts"
import { withDefault } from "../Settings.ts"
import * as Flags from "../settings/Flags.ts"

export const byWire = (wires: Readonly<Record<"classic" | "flock", () => Promise<Runner>>>): Runner => (surroundings) =>
  Effect.gen(function*() {
    const wire = yield* withDefault(surroundings.read, Flags.wire)
    const runner = yield* Effect.promise(wires[wire])
    return yield* runner(surroundings)
  })
