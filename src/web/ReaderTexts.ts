/** The clients of rooms of WebSockets: a queue of texts between a socket, which does not wait, and the readers of rooms, which do. */
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import type { Readers, Received, TextPort as ReaderPort } from "../conversation/readers/Readers.ts"
import type { Address } from "../net/Address.ts"
import * as Limits from "./WebLimits.ts"

/** What a server of rooms does to a client. */
export interface TextPort {
  /** `onTaken`: the text is out of this program, or will never be. */
  readonly send: (text: string, onTaken?: () => void) => void
  /** For good; the reason is a sentence for the person, without a full stop. */
  readonly close: (reason: string) => void
  /** Nothing more is read of the client until `resume`, but for what has come already. */
  readonly pause: () => void
  readonly resume: () => void
}

/** What a client does to the server of rooms. */
export interface TextHandler {
  readonly onText: (text: string) => void
  /** The connection has ended. Nothing is sent any more. */
  readonly onEnd: () => void
}

/** Begins to serve a client. */
export type ServeTexts = (port: TextPort, from: Address) => TextHandler

/** Serves texts by readers of rooms; the end of the scope ends all. */
export const serving = (readers: Pick<Readers, "serve">): Effect.Effect<ServeTexts, never, Scope.Scope> =>
  Effect.map(FiberSet.makeRuntime<never>(), (fork): ServeTexts => (port, address) => {
    const texts = new WaitingTexts(port)
    const reader: ReaderPort = {
      address,
      publicKey: undefined,
      receive: texts.receive,
      send: (messages) => Effect.forEach(messages, ({ text }) => taken(port, text), { discard: true })
    }
    fork(Effect.ensuring(readers.serve(reader), Effect.sync(() => port.close("the connection is closed"))))
    return texts
  })

/** Sends a text, and waits until it is taken. */
const taken = (port: TextPort, text: string): Effect.Effect<void> =>
  Effect.async((resume) => port.send(text, () => resume(Effect.void)))

/** Texts that have come and are not received yet. */
class WaitingTexts implements TextHandler {
  readonly #port: TextPort
  #texts: Array<string> = []
  #hasEnded = false
  #wake: (() => void) | undefined

  constructor(port: TextPort) {
    this.#port = port
  }

  onText(text: string): void {
    this.#texts.push(text)
    if (this.#texts.length === Limits.waitingTexts) this.#port.pause()
    this.#wake?.()
  }

  onEnd(): void {
    this.#hasEnded = true
    this.#wake?.()
  }

  readonly receive: Effect.Effect<Received | undefined> = Effect.async((resume) => {
    const take = (): void => {
      this.#wake = undefined
      const texts = this.#texts
      this.#texts = []
      if (texts.length >= Limits.waitingTexts) this.#port.resume()
      resume(Effect.succeed(texts.length === 0 ? undefined : { texts }))
    }
    if (this.#texts.length > 0 || this.#hasEnded) take()
    else this.#wake = take
  })
}
