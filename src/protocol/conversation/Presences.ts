/**
 * Who is where: leases of 30 s, which are no events. The server of a person renews them, links pass them on, and a link that ends takes
 * those that came by it. A lease is not signed: a server believes its links.
 */
import { Shares } from "../Shares.ts"
import * as Limits from "./ConversationLimits.ts"
import { serverOfPerson } from "./EventBody.ts"
import type { PresenceMessage, PresenceState } from "./LinkMessage.ts"
import { serverOf } from "./Origin.ts"

/** A person in a room. */
export interface Presence {
  readonly room: string
  readonly person: string
  readonly state: PresenceState
}

interface Lease {
  readonly message: PresenceMessage
  /** The link by which it came; undefined for a person of this server. */
  readonly link: number | undefined
  /** The holder of its share. */
  readonly holder: string
  readonly until: number
}

/** The holder of leases of this server. */
const ownHolder = ""

export class Presences {
  readonly #origin: string
  readonly #leases = new Map<string, Lease>()
  readonly #shares = new Shares(Limits.leases, Limits.leastLeases)
  #n = 0
  #deadline = Infinity

  constructor(origin: string) {
    this.#origin = origin
  }

  /** When `handleTimeout` is due. */
  get deadline(): number {
    return this.#deadline
  }

  /** Everybody who is somewhere. */
  get all(): ReadonlyArray<Presence> {
    return Array.from(this.#leases.values(), ({ message }) => presenceOf(message)).filter(({ state }) =>
      state !== "gone"
    )
  }

  /** A person of this server is in a room, or gone. Returns the message for all links; undefined when there are too many leases. */
  set({ person, room, state }: Presence, now: number): PresenceMessage | undefined {
    const message = { t: "presence", room, person, state, origin: this.#origin, n: ++this.#n } as const
    const lease = { message, link: undefined, holder: ownHolder, until: now + Limits.renewalMillis }
    if (state === "gone") this.#remove(keyOf(message))
    else if (!this.#put(lease)) return undefined
    return message
  }

  /** A message of a link. Returns it when it is new, so that it is passed on; Refused with the rest of a sentence. */
  receive(
    message: PresenceMessage,
    from: { readonly link: number; readonly server: string },
    now: number
  ): PresenceMessage | { readonly refused: string } | undefined {
    const { n, origin, person } = message
    const server = serverOfPerson(person)
    if (server !== serverOf(origin)) {
      return { refused: `says where a person of ${server} is, but the origin is of ${serverOf(origin)}` }
    }
    const known = this.#leases.get(keyOf(message))
    if (origin === this.#origin || (known?.message.origin === origin && known.message.n >= n)) return undefined
    const lease = { message, link: from.link, holder: from.server, until: now + Limits.leaseMillis }
    return this.#put(lease) ? message : undefined
  }

  /** A link has ended. Returns those that came by it and are not known to be there any more. */
  onLinkEnd(link: number): ReadonlyArray<Presence> {
    return this.#dropped((lease) => lease.link === link)
  }

  /** Returns the renewals for all links, and those whose lease has ended. */
  handleTimeout(now: number): {
    readonly renewed: ReadonlyArray<PresenceMessage>
    readonly over: ReadonlyArray<Presence>
  } {
    if (now < this.#deadline) return { renewed: [], over: [] }
    const over = this.#dropped(({ link, until }) => link !== undefined && until <= now)
    const due = Array.from(this.#leases.values()).filter(({ link, until }) => link === undefined && until <= now)
    const renewed = due.flatMap(({ message }) => this.set(message, now) ?? [])
    this.#deadline = Infinity
    for (const { until } of this.#leases.values()) this.#deadline = Math.min(this.#deadline, until)
    return { renewed, over }
  }

  #put(lease: Lease): boolean {
    const key = keyOf(lease.message)
    const known = this.#leases.get(key)
    if (known?.holder !== lease.holder && !this.#shares.take(lease.holder)) return false
    if (known !== undefined && known.holder !== lease.holder) this.#shares.give(known.holder)
    this.#leases.set(key, lease)
    this.#deadline = Math.min(this.#deadline, lease.until)
    return true
  }

  #remove(key: string): Lease | undefined {
    const lease = this.#leases.get(key)
    if (lease === undefined) return undefined
    this.#leases.delete(key)
    this.#shares.give(lease.holder)
    return lease
  }

  #dropped(isDropped: (lease: Lease) => boolean): ReadonlyArray<Presence> {
    const dropped = Array.from(this.#leases).filter(([, lease]) => isDropped(lease))
    for (const [key] of dropped) this.#remove(key)
    return dropped.map(([, { message }]) => presenceOf(message)).filter(({ state }) => state !== "gone")
  }
}

const keyOf = ({ person, room }: Pick<PresenceMessage, "person" | "room">): string => JSON.stringify([room, person])

const presenceOf = ({ person, room, state }: PresenceMessage): Presence => ({ room, person, state })
