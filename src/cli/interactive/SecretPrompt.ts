/** Reads a secret on a terminal: what is typed is not shown, and stays in no history. */
import * as Effect from "effect/Effect"
import { StringDecoder } from "node:string_decoder"
import * as TextLimits from "../text/TextLimits.ts"
import { Back } from "./Dialog.ts"
import type { Device } from "./TerminalDevice.ts"

/** The line that is typed. Ctrl-D on an empty line, and the end of the terminal, go back. */
export const read = (device: Device, prompt: string): Effect.Effect<string, Back> =>
  Effect.async((resume) => {
    const { input, output, signal } = device
    const typed = new SecretLine()
    const decoder = new StringDecoder("utf8")
    const finish = (result: Effect.Effect<string, Back>): void => {
      leave()
      output.write("\n")
      resume(result)
    }
    const onData = (bytes: Buffer): void => {
      const text = decoder.write(bytes)
      for (const [at, character] of Array.from(text).entries()) {
        switch (typed.take(character)) {
          case "Done": {
            // What follows answers the next question.
            const rest = Array.from(text).slice(at + 1).join("")
            finish(Effect.succeed(typed.text))
            if (rest !== "") input.unshift(Buffer.from(rest))
            return
          }
          case "Back":
            return finish(Effect.fail(new Back()))
          case "Interrupt":
            signal("SIGINT")
            break
          case undefined:
            break
        }
      }
    }
    const onEnd = (): void => finish(Effect.fail(new Back()))
    const leave = (): void => {
      input.off("data", onData).off("end", onEnd).off("error", onEnd)
      input.pause()
      if (!input.destroyed) input.setRawMode(false)
    }
    output.write(prompt)
    input.setRawMode(true)
    input.on("data", onData).on("end", onEnd).on("error", onEnd)
    input.resume()
    return Effect.sync(() => {
      leave()
      output.write("\n")
    })
  })

/** The keys of a line that is not shown: characters, Backspace, Ctrl-U. Other keys do nothing. */
class SecretLine {
  #characters: Array<string> = []
  /** What has come of the sequence of a key such as an arrow, after its Escape; undefined outside of one. */
  #sequence: string | undefined

  get text(): string {
    return this.#characters.join("")
  }

  /** What a key means; undefined for one that belongs to the line. */
  take(character: string): "Done" | "Back" | "Interrupt" | undefined {
    if (this.#sequence !== undefined) {
      this.#sequence += character
      // ESC [ … final byte (ECMA-48 §5.4), ESC O and a letter, or ESC and one character.
      if (!/^(?:\[[0-?]*[ -/]*|O)$/.test(this.#sequence)) this.#sequence = undefined
      return undefined
    }
    switch (character) {
      case "\r":
      case "\n":
        return "Done"
      case "\u0003":
        return "Interrupt"
      case "\u0004":
        return this.#characters.length === 0 ? "Back" : undefined
      case "\u007f":
      case "\b":
        this.#characters.pop()
        return undefined
      case "\u0015":
        this.#characters = []
        return undefined
      case "\u001b":
        this.#sequence = ""
        return undefined
      default:
        if (!/\p{Cc}/u.test(character) && this.#characters.length < TextLimits.secretCharacters) {
          this.#characters.push(character)
        }
        return undefined
    }
  }
}
