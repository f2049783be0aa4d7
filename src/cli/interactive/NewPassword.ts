/** The new password of an account: typed twice on the terminal, or the first line of standard input. Command lines show theirs to others. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import * as PasswordText from "../../conversation/accounts/PasswordText.ts"
import { type Failure, usage } from "../errors/Failure.ts"
import { harmless } from "../text/Format.ts"
import * as TextLimits from "../text/TextLimits.ts"
import * as SecretPrompt from "./SecretPrompt.ts"
import type { Device } from "./TerminalDevice.ts"

export interface Inputs {
  /** Whether a person types at the device. */
  readonly isTerminal: boolean
  readonly device: Device
  /** For a program without a terminal. */
  readonly stdin: Stream.Stream<Uint8Array>
}

/** Fails for a password that cannot be one, and if there is none. */
export const read = (name: string, { device, isTerminal, stdin }: Inputs): Effect.Effect<string, Failure> =>
  Effect.gen(function*() {
    if (isTerminal) return yield* Effect.mapError(typed(name, device), () => usage("no password was typed"))
    const line = yield* firstLine(stdin)
    if (line === undefined) {
      return yield* Effect.fail(usage(
        "there is no password on standard input",
        "type it on a terminal, or write: holub account … < FILE, with the password in the first line of FILE"
      ))
    }
    return yield* Effect.mapBoth(PasswordText.newBytesOf(line), {
      onFailure: (problem) => usage(problem),
      onSuccess: () => line
    })
  })

/** Asks until a password can be one, and is typed the same twice. */
const typed = (name: string, device: Device) =>
  Effect.gen(function*() {
    while (true) {
      const password = yield* SecretPrompt.read(device, `new password of ${harmless(name)}: `)
      const problem = Either.match(PasswordText.newBytesOf(password), {
        onLeft: (why) => why,
        onRight: () => undefined
      })
      if (problem === undefined) {
        if ((yield* SecretPrompt.read(device, "the same again: ")) === password) return password
        device.output.write("  the two are not the same\n")
      } else device.output.write(`  ${problem}\n`)
    }
  })

/** The first line, without its end; undefined if there is none. What is longer than a password is not read. */
const firstLine = (stdin: Stream.Stream<Uint8Array>): Effect.Effect<string | undefined> =>
  Effect.map(
    Stream.runFoldWhile(
      stdin,
      new Uint8Array(0),
      (bytes) => !bytes.includes(lineFeed) && bytes.length <= TextLimits.secretLineBytes,
      (bytes, more) => new Uint8Array([...bytes, ...more.subarray(0, TextLimits.secretLineBytes + 1)])
    ),
    (bytes) => bytes.length === 0 ? undefined : new TextDecoder().decode(bytes).split("\n")[0]?.replace(/\r$/, "")
  )

const lineFeed = 10
