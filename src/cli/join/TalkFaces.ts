/** The two faces of `join`: a script with lines on standard input, and a person at a terminal. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Shape as Dialog } from "../interactive/Dialog.ts"
import type { Output } from "../report/Output.ts"
import { harmless, harmlessText } from "../text/Format.ts"
import type { Face } from "./Talk.ts"

/** Shows texts on `stdout`, each of at least one line. */
const showing = (stdout: Output, isSilent: boolean) => (text: string): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (isSilent) return Effect.void
    const shown = stdout.isTerminal ? harmlessText(text.replaceAll("\r\n", "\n")) : text
    stdout.write(shown.endsWith("\n") ? shown : `${shown}\n`)
    return stdout.drained
  })

/** Lines of a file or a pipe. With `isSilent` only the report has the messages. */
export const ofScript = (
  { stderr, stdin, stdout }: {
    readonly stdin: Stream.Stream<Uint8Array>
    readonly stdout: Output
    readonly stderr: Output
  },
  isSilent: boolean
): Face => ({
  show: showing(stdout, isSilent),
  ask: (prompt) =>
    Effect.suspend(() => {
      if (isSilent) return Effect.void
      stderr.write(`${harmless(prompt.trimEnd())}\n`)
      return stderr.drained
    }),
  lines: Stream.splitLines(Stream.decodeText(stdin)),
  isPerson: false
})

/** A person who types below what arrives. */
export const ofPerson = (dialog: Dialog, stdout: Output): Face => ({
  show: showing(stdout, false),
  ask: (prompt) =>
    Effect.suspend(() => {
      dialog.output.write(`${harmless(prompt.trimEnd())}\n`)
      return dialog.output.drained
    }),
  // Ctrl-D is the end of the lines.
  lines: Stream.repeatEffectOption(
    Effect.mapError(dialog.line({ prompt: "> ", history: "join", isSudden: false }), () => Option.none())
  ),
  isPerson: true
})
