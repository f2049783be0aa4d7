/** What a server lists for its client: the servers that it is linked to, and its rooms. */
import * as ConversationLimits from "../ConversationLimits.ts"
import type { ClientView } from "./ClientView.ts"
import type { ServerMessage } from "./ServerMessage.ts"

export class ServerLists {
  readonly #links = new Map<string, boolean>()
  #rooms: ClientView["listed"] = []
  #isComplete = true

  get links(): ClientView["links"] {
    return Array.from(this.#links, ([server, isLinked]) => ({ server, isLinked }))
  }

  get rooms(): ClientView["listed"] {
    return this.#rooms
  }

  onLost(): void {
    this.#links.clear()
    this.#isComplete = true
  }

  onLinks(links: ClientView["links"]): void {
    for (const { isLinked, server } of links) {
      const isKept = this.#links.has(server) || this.#links.size < ConversationLimits.roomServers
      if (isKept) this.#links.set(server, isLinked)
    }
  }

  /** A part of the list of rooms; the first one after the last part begins a new list. Returns whether the list is complete. */
  onRooms({ isLast, rooms }: Extract<ServerMessage, { readonly t: "rooms" }>): boolean {
    const before = this.#isComplete ? [] : this.#rooms
    this.#rooms = [...before, ...rooms].slice(0, ConversationLimits.serverRooms)
    this.#isComplete = isLast
    return isLast
  }
}
