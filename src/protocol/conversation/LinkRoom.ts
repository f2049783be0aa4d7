/**
 * One room on one link: what the peer has, and what it is sent next. First come pages from the store in the room's order, each event right
 * behind what the peer has of its origin; when the peer lacks nothing, events are sent as they are synced (docs/PROTOCOL.md,
 * conversations §5).
 */
import type { Event } from "./Event.ts"
import type { PageRequest } from "./OrderedEvents.ts"
import type { Place } from "./RoomOrder.ts"
import { hasEvent, raise, type Vector } from "./Vector.ts"

export class LinkRoom {
  readonly #announced = new Map<string, number>()
  /** The floors that it has announced. */
  readonly #floors = new Map<string, number>()
  /** What it has, or is being sent. */
  readonly #told = new Map<string, number>()
  /** What was announced to it. */
  readonly #saidHave = new Map<string, number>()
  readonly #saidFloors = new Map<string, number>()
  readonly #saidServers = new Set<string>()
  /** Whether this side has named the room. */
  isSaid = false
  #isNamed = false
  #isLive = false
  #isReading = false
  /** The last event of the page before. */
  #after: Place | undefined

  /** Whether the peer has named the room. Before that it gets nothing of it. */
  get isNamed(): boolean {
    return this.#isNamed
  }

  /** Whether the peer lacks nothing, so that each new event is sent at once. */
  get isLive(): boolean {
    return this.#isLive
  }

  /** What the peer has announced to have on its disk. */
  get announced(): Vector {
    return this.#announced
  }

  /** The floor of the peer for an origin; 0 for none. */
  floorOf(origin: string): number {
    return this.#floors.get(origin) ?? 0
  }

  /** The peer has announced what it has. Returns what is new in that. */
  onHave(vector: Vector, floors: Vector): Vector {
    this.#isNamed = true
    raise(this.#told, vector)
    raise(this.#floors, floors)
    return raise(this.#announced, vector)
  }

  /** The peer has sent an event, so it has it. */
  onReceived({ origin, seq }: Event): void {
    if (seq > (this.#told.get(origin) ?? 0)) this.#told.set(origin, seq)
  }

  /** The entries of a vector that were not announced to the peer yet. They count as announced from now on. */
  newIn(vector: Vector): Vector {
    return raise(this.#saidHave, vector)
  }

  /** The same for floors. */
  newFloorsIn(floors: Vector): Vector {
    return raise(this.#saidFloors, floors)
  }

  /** The same for servers of the room. */
  newServersIn(servers: Iterable<string>): ReadonlyArray<string> {
    const news = Array.from(servers).filter((server) => !this.#saidServers.has(server))
    for (const server of news) this.#saidServers.add(server)
    return news
  }

  /**
   * The next page to read, while the peer lacks something of what is synced here above the floors. Undefined when it lacks nothing, and
   * until the last page has come.
   */
  nextRead(synced: Vector, floors: Vector, limit: number): PageRequest | undefined {
    if (!this.isSaid || !this.#isNamed || this.#isLive || this.#isReading) return undefined
    if (!this.#lacks(synced, floors)) {
      this.#isLive = true
      return undefined
    }
    this.#isReading = true
    return { beyond: new Map(this.#told), after: this.#after, limit }
  }

  /** A page has been read; `isLast` when it reached the end of the log. Returns the events to send. */
  onPage(events: ReadonlyArray<Event>, isLast: boolean, floors: Vector): ReadonlyArray<Event> {
    this.#isReading = false
    this.#after = isLast ? undefined : events.at(-1)
    // An event that came behind the place of the last page is sent in the next round, and what follows it from its origin.
    return events.filter((event) => this.#takes(event, floors))
  }

  /** An event is synced here. Returns whether it is to be sent now. `hasRoom` is false while too many wait to be sent. */
  onSynced(event: Event, floors: Vector, hasRoom: boolean): boolean {
    if (!this.#isLive || hasEvent(this.#told, event)) return false
    if (hasRoom && this.#takes(event, floors)) return true
    this.#isLive = false
    return false
  }

  #lacks(synced: Vector, floors: Vector): boolean {
    for (const [origin, seq] of synced) {
      if (seq > Math.max(this.#told.get(origin) ?? 0, floors.get(origin) ?? 0)) return true
    }
    return false
  }

  /** Whether the event is the next one of its origin for the peer, or the first one above a floor. Then it counts as sent. */
  #takes({ origin, seq }: Event, floors: Vector): boolean {
    const told = this.#told.get(origin) ?? 0
    if (seq !== told + 1 && !(seq > told && seq === (floors.get(origin) ?? 0) + 1)) return false
    this.#told.set(origin, seq)
    return true
  }
}
