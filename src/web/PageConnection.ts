/** A WebSocket of a page and a server of rooms: tokens stay on this side, and a browser that reads too slowly is disconnected. */
import type { Address } from "../net/Address.ts"
import { withoutToken, withToken } from "./CookieLogin.ts"
import type { ServeTexts, TextHandler } from "./ReaderTexts.ts"
import * as Limits from "./WebLimits.ts"

/** A WebSocket, as far as it is needed here. */
export interface PageSocket {
  /** `onTaken`: the text is out of this program, or will never be. */
  readonly send: (text: string, onTaken: () => void) => void
  readonly pause: () => void
  readonly resume: () => void
  /** Bytes that were sent and wait for the browser. */
  readonly bufferedBytes: () => number
  /** `code`: RFC 6455, section 7.4.1. */
  readonly close: (code: number, reason: string) => void
}

/** Codes of the end of a WebSocket. */
export const CloseCode = { normal: 1000, goingAway: 1001, notText: 1003, policy: 1008, slow: 1013 } as const

export class PageConnection {
  readonly #socket: PageSocket
  readonly #token: string | undefined
  readonly #handler: TextHandler
  #isFirst = true
  #isWelcome = false
  #hasEnded = false

  constructor(socket: PageSocket, serve: ServeTexts, from: Address, token: string | undefined) {
    this.#socket = socket
    this.#token = token
    this.#handler = serve({
      send: (text, onTaken) => this.#send(text, onTaken),
      close: (reason) => this.#close(CloseCode.normal, reason),
      pause: () => socket.pause(),
      resume: () => socket.resume()
    }, from)
  }

  onText(text: string): void {
    if (this.#hasEnded) return
    const isFirst = this.#isFirst
    this.#isFirst = false
    const given = isFirst ? withToken(text, this.#token) : text
    if (given !== undefined) return this.#handler.onText(given)
    this.#send(JSON.stringify({ t: "refused", what: "hello", reason: "log in first" }))
    this.end(CloseCode.policy, "log in first")
  }

  /** The browser has gone. */
  onEnd(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#handler.onEnd()
  }

  /** Ends the connection from this side. */
  end(code: number, reason: string): void {
    if (this.#hasEnded) return
    this.#close(code, reason)
    this.#handler.onEnd()
  }

  #send(text: string, onTaken = (): void => undefined): void {
    if (this.#hasEnded) return onTaken()
    const sent = this.#isWelcome ? { text, isWelcome: true } : withoutToken(text)
    this.#isWelcome = sent.isWelcome
    this.#socket.send(sent.text, onTaken)
    if (this.#socket.bufferedBytes() > Limits.unsentBytes) this.end(CloseCode.slow, "this browser reads too slowly")
  }

  #close(code: number, reason: string): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#socket.close(code, closeReason(reason))
  }
}

/** As much of a reason as the end of a WebSocket has room for, in whole characters. */
const closeReason = (reason: string): string => {
  const encoder = new TextEncoder()
  let text = reason.slice(0, Limits.closeReasonBytes)
  while (encoder.encode(text).length > Limits.closeReasonBytes) text = text.slice(0, -1)
  return text
}
