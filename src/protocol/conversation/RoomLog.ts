/**
 * What a server knows of the log of one room: how far it has each origin, from which floor on, and the room's clock. It decides which
 * events of others are the next ones (docs/PROTOCOL.md, conversations §5). The events themselves are in a store.
 */
import * as Limits from "./ConversationLimits.ts"
import type { Event } from "./Event.ts"
import { serverOf } from "./Origin.ts"
import type { Vector } from "./Vector.ts"

/** How far a log has the events of an origin. */
export interface Head {
  readonly origin: string
  /** The number and the clock of the last event. */
  readonly seq: number
  readonly clock: number
  /** Events up to this number are purged here: 0 for none. */
  readonly floor: number
}

/** What became of an event of another server. */
export type Acceptance =
  | { readonly _tag: "Accepted" }
  /** It is here already. */
  | { readonly _tag: "Known" }
  /** It is not the next one of its origin. The reason is the rest of a sentence that begins with the event. */
  | { readonly _tag: "Gap"; readonly reason: string }
  /** Another event has its identity: a disk was cloned and runs twice, or its origin lies. */
  | { readonly _tag: "Fork"; readonly reason: string }
  /** It is forged, or no honest server makes it. */
  | { readonly _tag: "Refused"; readonly reason: string }

const accepted = { _tag: "Accepted" } as const
const known = { _tag: "Known" } as const

export class RoomLog {
  readonly room: string
  readonly #have = new Map<string, number>()
  readonly #clocks = new Map<string, number>()
  readonly #floors = new Map<string, number>()
  readonly #originsOf = new Map<string, number>()
  /** The hashes of the newest events, by identity. */
  readonly #hashes = new Map<string, string>()
  #clock = 0

  /** A log as a store has it. */
  constructor(room: string, heads: Iterable<Head> = []) {
    this.room = room
    for (const { clock, floor, origin, seq } of heads) {
      this.#raise(origin, seq, clock)
      if (floor > 0) this.#floors.set(origin, floor)
    }
  }

  /** The vector of what is in the log, purged events included. */
  get have(): Vector {
    return this.#have
  }

  /** For each origin of which events are purged here, the number of the last one. */
  get floors(): Vector {
    return this.#floors
  }

  /** The largest clock of the room. */
  get clock(): number {
    return this.#clock
  }

  get heads(): ReadonlyArray<Head> {
    return Array.from(this.#have, ([origin, seq]) => ({
      origin,
      seq,
      clock: this.#clocks.get(origin) ?? 0,
      floor: this.#floors.get(origin) ?? 0
    }))
  }

  /** The number and the clock of the next event of this server. Undefined when the room is full: its clock or its numbers are used up. */
  nextOf(origin: string): Pick<Event, "seq" | "clock"> | undefined {
    const seq = (this.#have.get(origin) ?? 0) + 1
    const clock = this.#clock + 1
    return seq > Limits.maxSeq || clock > Limits.maxClock || this.#problemOfNew(origin) !== undefined
      ? undefined
      : { seq, clock }
  }

  /** Adds an event of this server, which has the place that `nextOf` gave. */
  append(event: Event): void {
    const next = this.nextOf(event.origin)
    if (next?.seq !== event.seq || next.clock !== event.clock) {
      throw new Error(`event ${event.seq} of ${event.origin} is not the next one of this server`)
    }
    this.#add(event)
  }

  /**
   * Adds an event of another server if it is the next one of its origin. `floor` is the one that the peer has announced for the origin: an
   * event right above it may follow a gap. `forgery` is called before anything is concluded from an event that is not here.
   */
  accept(event: Event, floor: number, forgery: (event: Event) => string | undefined): Acceptance {
    const { origin, seq } = event
    const have = this.#have.get(origin) ?? 0
    if (seq <= have) {
      const hash = this.#hashes.get(identityOf(event))
      if (hash === undefined || hash === event.hash) return known
      const reason = forgery(event)
      return reason === undefined
        ? { _tag: "Fork", reason: `has hash ${event.hash}, but another event with its number has ${hash}` }
        : { _tag: "Refused", reason }
    }
    if (seq !== have + 1 && seq !== floor + 1) {
      return { _tag: "Gap", reason: `follows event ${have} of its origin here` }
    }
    const reason = this.#problemOf(event) ?? forgery(event)
    if (reason !== undefined) return { _tag: "Refused", reason }
    if (seq > have + 1) this.#floors.set(origin, seq - 1)
    this.#add(event)
    return accepted
  }

  /** Events up to these numbers are purged. Numbers that the log has not reached, and lower ones than before, are left out. */
  purge(floors: Vector): void {
    for (const [origin, floor] of floors) {
      if (floor <= (this.#have.get(origin) ?? 0) && floor > (this.#floors.get(origin) ?? 0)) {
        this.#floors.set(origin, floor)
      }
    }
  }

  #problemOf({ clock, origin, room }: Event): string | undefined {
    if (room !== this.room) return `is of the room ${JSON.stringify(room)}`
    if (clock <= (this.#clocks.get(origin) ?? 0)) return `has clock ${clock}, not more than the event before it`
    // A log without events has no clock yet: what came before may be purged.
    if (this.#clock > 0 && clock > this.#clock + Limits.clockStep) {
      return `has clock ${clock}, more than ${Limits.clockStep} above that of the room, ${this.#clock}`
    }
    return this.#problemOfNew(origin)
  }

  #problemOfNew(origin: string): string | undefined {
    if (this.#have.has(origin)) return undefined
    if (this.#have.size >= Limits.roomOrigins) return `is of one origin more than the ${Limits.roomOrigins} of a room`
    const server = serverOf(origin)
    return (this.#originsOf.get(server) ?? 0) < Limits.serverOrigins
      ? undefined
      : `is of one origin more than the ${Limits.serverOrigins} of ${server} in a room`
  }

  #add(event: Event): void {
    this.#raise(event.origin, event.seq, event.clock)
    this.#hashes.set(identityOf(event), event.hash)
    if (this.#hashes.size <= Limits.rememberedHashes) return
    for (const oldest of this.#hashes.keys()) {
      this.#hashes.delete(oldest)
      return
    }
  }

  #raise(origin: string, seq: number, clock: number): void {
    if (!this.#have.has(origin)) {
      const server = serverOf(origin)
      this.#originsOf.set(server, (this.#originsOf.get(server) ?? 0) + 1)
    }
    this.#have.set(origin, seq)
    this.#clocks.set(origin, clock)
    this.#clock = Math.max(this.#clock, clock)
  }
}

const identityOf = ({ origin, seq }: Pick<Event, "origin" | "seq">): string => `${origin}/${seq}`
