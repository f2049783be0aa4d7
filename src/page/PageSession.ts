/** The connection of the page: runs a `RoomsClient` over a WebSocket, and connects again when it is lost. Uses the browser. */
import type { Login } from "../protocol/conversation/client/ClientMessage.ts"
import type { ClientEvent, ClientView } from "../protocol/conversation/client/ClientView.ts"
import { RoomsClient } from "../protocol/conversation/client/RoomsClient.ts"
import { readServerMessage } from "../protocol/conversation/client/ServerMessage.ts"
import * as Limits from "./PageLimits.ts"

export interface SessionEvents {
  /** The view has changed. */
  readonly onChange: () => void
  readonly onEvent: (event: ClientEvent) => void
}

export class PageSession {
  readonly client = new RoomsClient(`page-${crypto.randomUUID()}`)
  readonly #login: Login
  readonly #events: SessionEvents
  #socket: WebSocket | undefined
  #retry: number | undefined
  #wake: number | undefined
  #attempts = 0

  constructor(login: Login, events: SessionEvents) {
    this.#login = login
    this.#events = events
  }

  get view(): ClientView {
    return this.client.view
  }

  connect(): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
    if (this.#socket !== undefined) return
    this.client.connecting(location.host)
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/socket`)
    this.#socket = socket
    socket.addEventListener("open", () => {
      this.client.connected(this.#login)
      this.changed()
    })
    socket.addEventListener("message", ({ data }) => this.#receive(String(data)))
    socket.addEventListener("close", ({ reason }) => this.#lost(socket, reason))
    this.#events.onChange()
  }

  /** Sends what the client has to send, and shows what has changed. */
  changed(): void {
    const now = Date.now()
    const socket = this.#socket
    if (socket?.readyState === WebSocket.OPEN) {
      for (
        let message = this.client.pollTransmit(now);
        message !== undefined;
        message = this.client.pollTransmit(now)
      ) {
        socket.send(JSON.stringify(message))
      }
    }
    for (const event of this.client.pollEvents()) {
      if (event._tag === "Welcomed") this.#attempts = 0
      this.#events.onEvent(event)
    }
    clearTimeout(this.#wake)
    const { deadline } = this.client
    if (deadline < Infinity) this.#wake = window.setTimeout(() => this.changed(), Math.max(0, deadline - now))
    this.#events.onChange()
  }

  /** For good. */
  close(reason: string): void {
    this.client.end(reason)
    clearTimeout(this.#retry)
    clearTimeout(this.#wake)
    this.#socket?.close(1000)
    this.#socket = undefined
  }

  #receive(text: string): void {
    const read = readServerMessage(text)
    if (read._tag === "Left") {
      this.#socket?.close(4000, "a message cannot be read")
      return this.#events.onEvent({
        _tag: "Refused",
        what: "",
        room: undefined,
        reason: `the server has sent a message that ${read.left}`,
        waitMillis: undefined
      })
    }
    this.client.receive(read.right, Date.now())
    this.changed()
    if (this.client.view.connection._tag === "Ended") this.close(this.client.view.connection.reason)
  }

  #lost(socket: WebSocket, reason: string): void {
    if (this.#socket !== socket) return
    this.#socket = undefined
    this.client.lost(reason === "" ? "the connection is lost" : reason, Date.now())
    const longest = Math.min(Limits.longestRetryMillis, Limits.firstRetryMillis * 2 ** this.#attempts++)
    // Pages that lose one server must not come back at the same moment.
    this.#retry = window.setTimeout(() => this.connect(), longest * (0.5 + Math.random() / 2))
    this.changed()
  }
}
