/** The messages that wait for a reader beside pages, in bounded memory. Pure. */
import * as Limits from "./ClientLimits.ts"
import type { EncodedMessage } from "./EncodedMessage.ts"

export class ReaderQueue {
  #messages: Array<EncodedMessage> = []
  #at = 0
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  /** Adds a message; false, and nothing, if there is no room for it. */
  push(message: EncodedMessage): boolean {
    const { length } = message.framed
    if (this.#bytes + length > Limits.unsentBytes) return false
    this.#bytes += length
    this.#messages.push(message)
    return true
  }

  /** Takes the first message. */
  shift(): EncodedMessage | undefined {
    const message = this.#messages[this.#at]
    if (message === undefined) return undefined
    this.#at++
    this.#bytes -= message.framed.length
    if (this.#at === this.#messages.length) {
      this.#messages = []
      this.#at = 0
    }
    return message
  }

  /** Discards what waits. */
  clear(): void {
    this.#messages = []
    this.#at = this.#bytes = 0
  }
}
