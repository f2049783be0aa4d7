/** Publishes the beginning and the end of one session, each once. A session that was never opened does not end. */
import type { Shape as EventBus } from "./EventBus.ts"
import type { Statistics } from "./Statistics.ts"
import type { SessionOpened } from "./TransportEvents.ts"

/** Sessions numbered so far. */
let sessions = 0

export class SessionEvents {
  readonly #bus: EventBus
  readonly #about: Pick<SessionOpened, "wire" | "role" | "peer">
  readonly #statistics: () => Statistics
  #id = 0
  #state: "new" | "open" | "closed" = "new"

  constructor(bus: EventBus, about: Pick<SessionOpened, "wire" | "role" | "peer">, statistics: () => Statistics) {
    this.#bus = bus
    this.#about = about
    this.#statistics = statistics
  }

  onOpened(): void {
    if (this.#state !== "new") return
    this.#state = "open"
    this.#id = ++sessions
    this.#bus.publish({ _tag: "SessionOpened", id: this.#id, ...this.#about, statistics: this.#statistics })
  }

  /** `reason` is that of the SessionError. */
  onClosed(reason: string): void {
    if (this.#state !== "open") return
    this.#state = "closed"
    this.#bus.publish({ _tag: "SessionClosed", id: this.#id, ...this.#about, reason, statistics: this.#statistics() })
  }
}
