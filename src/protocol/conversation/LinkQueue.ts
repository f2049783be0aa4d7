/** The messages of a link that wait to be sent. */
import * as Limits from "./ConversationLimits.ts"
import type { Event } from "./Event.ts"
import type { LinkMessage } from "./LinkMessage.ts"
import { partsOf, recordOf, type Vector } from "./Vector.ts"

export class LinkQueue {
  readonly #messages: Array<LinkMessage> = []
  #events = 0

  /** Whether no event waits: the next page may be read. */
  get isDrained(): boolean {
    return this.#events === 0
  }

  /** Whether a new event may wait here. */
  get hasRoom(): boolean {
    return this.#events < Limits.unsentEvents
  }

  /** Whether the peer does not read: what can be said later waits. */
  get isSlow(): boolean {
    return this.#messages.length > Limits.unsentEvents
  }

  push(...messages: ReadonlyArray<LinkMessage>): void {
    this.#messages.push(...messages)
  }

  pushEvent(event: Event): void {
    this.#events++
    this.#messages.push({ t: "event", event })
  }

  /** What a server has, in as many messages as it needs. */
  pushSeen(room: string, server: string, vector: Vector): void {
    for (const part of partsOf(vector, Limits.messageOrigins)) {
      this.#messages.push({ t: "seen", room, server, vector: recordOf(part) })
    }
  }

  /** The next message; undefined if there is none. */
  next(): LinkMessage | undefined {
    const message = this.#messages.shift()
    if (message?.t === "event") this.#events--
    return message
  }

  clear(): void {
    this.#messages.length = 0
    this.#events = 0
  }
}
