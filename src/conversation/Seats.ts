/** The clients that are in a room, each with its counters, and which of them a message is for. */
import type { Member, Recipients } from "../apps/App.ts"
import type { ServiceSent } from "../telemetry/ServiceEvents.ts"
import type { Client } from "./Client.ts"

/** A client in a room. */
export interface Seat {
  readonly member: Member
  readonly client: Client
  readonly source: string
  /** Unique on the server. */
  readonly key: string
  /** On the clock of the room. */
  readonly since: number
  /** The client, as events name it. */
  readonly about: Pick<ServiceSent, "app" | "transport" | "peer">
  /** Bytes of messages, without their framing. */
  receivedBytes: number
  sentBytes: number
}

export class Seats {
  readonly #seats = new Map<Member, Seat>()

  /** In the order in which they came. */
  get all(): ReadonlyArray<Seat> {
    return Array.from(this.#seats.values())
  }

  add(seat: Seat): void {
    this.#seats.set(seat.member, seat)
  }

  of(member: Member): Seat | undefined {
    return this.#seats.get(member)
  }

  /** False if the client is not in the room. */
  remove(member: Member): boolean {
    return this.#seats.delete(member)
  }

  /** The clients that a message is for, as far as they are still here; `only` is the client of an app that has a state for each. */
  recipients(to: Recipients, only: Member | undefined): ReadonlyArray<Seat> {
    if (to._tag === "One") return this.#those([to.member])
    if (only !== undefined) return this.#those([only])
    if (to._tag === "Some") return this.#those(to.members)
    return to._tag === "All" ? this.all : this.all.filter(({ member }) => member !== to.member)
  }

  /** A loop, because `flatMap` costs more than the rest of a delivery. */
  #those(members: ReadonlyArray<Member>): ReadonlyArray<Seat> {
    const seats: Array<Seat> = []
    for (const member of members) {
      const seat = this.#seats.get(member)
      if (seat !== undefined) seats.push(seat)
    }
    return seats
  }
}
