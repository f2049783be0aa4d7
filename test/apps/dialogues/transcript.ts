/** Plays apps and their clients, and writes down what is said. */
import { expect } from "@effect/vitest"
import type { AnyApp } from "../../../src/apps/App.ts"
import type { AppClient, ClientInput, ClientRun } from "../../../src/apps/AppClient.ts"
import { languages } from "../../../src/apps/Language.ts"
import { type Happening, Rehearsal, type RehearsalOptions } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"
import type { Framing } from "../../../src/protocol/framing/Framing.ts"
import * as FramingName from "../../../src/protocol/framing/FramingName.ts"

type Options = Partial<RehearsalOptions>

export const rehearsal = (app: AnyApp, options: Options = {}): Rehearsal => new Rehearsal(app, { crypto, ...options })

const textOf = (message: string | Uint8Array): string =>
  typeof message === "string" ? message : `hex ${Buffer.from(message).toString("hex")}`

const lineOf = (one: Happening): string => {
  switch (one._tag) {
    case "Said":
      return `C${one.client} ${textOf(one.message)}`
    case "Told":
      return `S${one.client} ${textOf(one.message)}`
    case "Closed":
      return `S${one.client} closes: ${one.reason}`
    case "Left":
      return `C${one.client} leaves`
    case "Joined":
      return `C${one.client} joins`
    case "Refused":
      return `C${one.client} is refused: ${one.message}`
    case "Waited":
      return `${one.millis} ms`
  }
}

/** Everything that has happened, a line for each: `C1 125` from client 1, `S1 476` to it. */
export const transcript = ({ happenings }: Rehearsal): ReadonlyArray<string> => happenings.map(lineOf)

/** What happens when one client says these messages, without what it says itself. */
export const answers = (
  app: AnyApp,
  messages: ReadonlyArray<string | Uint8Array>,
  options: Options = {}
): ReadonlyArray<string> => {
  const play = rehearsal(app, options)
  const client = play.join()
  for (const message of messages) play.say(client, message)
  return transcript(play).filter((line) => line.startsWith("S")).map((line) => line.replace(/^S1 /, ""))
}

/** What is on the wire, with the framing of the app, when a client sends these reads: `closed` stands for the end. */
export const onWire = (
  app: AnyApp,
  reads: ReadonlyArray<string | Uint8Array>,
  options: Options = {}
): ReadonlyArray<string> => {
  const play = rehearsal(app, options)
  const codec = framingOf(app.dialects[0].framing).open()
  const client = play.join()
  const sent: Array<string> = []
  const flush = (): void => {
    for (const one of play.happenings.splice(0)) {
      if (one._tag === "Closed") sent.push("closed")
      if (one._tag !== "Told") continue
      const encoded = codec.encode({ bytes: Buffer.from(one.message) })
      if (encoded === undefined) throw new RangeError("the framing cannot carry this message")
      sent.push(Buffer.from(encoded).toString("latin1"))
    }
  }
  flush()
  for (const read of reads) {
    for (const { bytes } of codec.handleBytes(new Uint8Array(Buffer.from(read)), 0).messages) {
      play.say(client, bytes)
      flush()
    }
  }
  return sent
}

const framingOf = (name: string): Framing => {
  const framing = FramingName.parse(name)
  if (typeof framing === "string") throw new RangeError(framing)
  return framing
}

/** A client in a script: `shown`, `asked`, `sent` in their order. */
export class ScriptedClient {
  readonly outputs: Array<string> = []
  readonly sent: Array<string | Uint8Array> = []
  hasLeft = false
  #run: ClientRun

  constructor(client: AppClient | undefined, language: typeof languages[number] = "en") {
    if (client === undefined) throw new RangeError("the app has no client")
    this.#run = client.start(language)
  }

  /** Prompts without an answer so far. */
  asked = 0

  on(input: ClientInput): void {
    const [run, outputs] = this.#run.on(input)
    this.#run = run
    for (const output of outputs) {
      switch (output._tag) {
        case "Show":
          this.outputs.push(output.text)
          break
        case "Ask":
          this.asked++
          this.outputs.push(`? ${output.prompt}`)
          break
        case "Send":
          this.sent.push(output.message)
          this.outputs.push(`> ${textOf(output.message)}`)
          break
        case "Leave":
          this.hasLeft = true
          this.outputs.push("leaves")
          break
      }
    }
  }

  open(): this {
    this.on({ _tag: "Opened" })
    return this
  }

  received(...texts: ReadonlyArray<string>): this {
    for (const text of texts) this.on({ _tag: "Received", bytes: Buffer.from(text), text })
    return this
  }

  typed(...lines: ReadonlyArray<string>): this {
    for (const line of lines) {
      this.asked = 0
      this.on({ _tag: "Typed", line })
    }
    return this
  }

  ended(): this {
    this.on({ _tag: "Ended" })
    return this
  }
}

/** The client of an app against the app: `lines` are typed, each when it is asked for. Returns what the person sees. */
export const together = (app: AnyApp, lines: ReadonlyArray<string>, options: Options = {}): ReadonlyArray<string> => {
  const play = rehearsal(app, options)
  const client = new ScriptedClient(app.client, options.language)
  const number = play.join()
  client.open()
  const waiting = [...lines]
  let seen = 0
  let sent = 0
  while (!client.hasLeft || client.sent.length > sent) {
    const message = client.sent[sent]
    const happening = play.happenings[seen]
    if (message !== undefined) {
      sent++
      play.say(number, message)
    } else if (happening !== undefined) {
      seen++
      if (happening._tag === "Told") client.received(textOf(happening.message))
      if (happening._tag === "Closed") client.ended()
    } else {
      const line = client.asked > 0 ? waiting.shift() : undefined
      if (line === undefined) break
      client.typed(line)
    }
  }
  return client.outputs
}

/** Expects that two values are equal: cheap in a loop of thousands of steps as long as they are. */
export const agree = (actual: unknown, expected: unknown): void => {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) expect(actual).toEqual(expected)
}

/** Messages that no dialogue expects. */
export const hostile: ReadonlyArray<string | Uint8Array> = [
  "",
  "\0",
  "\u001b[2J",
  "\u202e351",
  "\r\n\r\n",
  "NaN",
  "Infinity",
  "1e999999999",
  "0x7f",
  "1_000",
  "--1",
  "1.2.3",
  ".",
  "-",
  "٣",
  "3\u0000",
  "__proto__",
  "constructor",
  "\u{1f54a}".repeat(1000),
  "9".repeat(60_000),
  `${" ".repeat(30_000)}x`,
  `${".,".repeat(30_000)}x`,
  Uint8Array.of(0xff, 0xfe, 0x00),
  Uint8Array.of(0xed, 0xa0, 0x80)
]
