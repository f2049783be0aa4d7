/**
 * The sessions of the links. A flock session gives its ends a reliable stream in each direction: loss, copies and reordering of datagrams
 * below show as messages that come later, in order, and at once. A session may break at any moment: then each direction delivers a first
 * part of what was sent, perhaps late, and each end learns of the break at another time, up to the idle timeout. Meanwhile the other end may
 * have opened the next session, so that a server has two sessions with one peer, and gets old messages after new ones.
 */
import type { Random } from "../Random.ts"
import type { Timeline } from "../Timeline.ts"

/** The idle timeout of a session: an end learns of a break after this time at the latest. */
const idleMillis = 30_000
/** Messages that are on their way in one direction, at most: the window of the stream. */
const windowMessages = 12

/** What a server does with a session. */
export interface Endpoint {
  readonly open: (id: number, peer: number) => void
  readonly receive: (id: number, bytes: Uint8Array) => boolean
  /** The session has room for more messages. */
  readonly onRoom: (id: number) => void
  readonly close: (id: number) => void
}

interface Direction {
  readonly to: number
  inFlight: number
  /** When the last message arrives. */
  arrivesAt: number
  /** Messages that are delivered before the stream ends. */
  left: number
  /** Messages that have arrived and were not taken. */
  readonly arrived: Array<Uint8Array>
}

export interface Session {
  readonly id: number
  readonly edge: number
  readonly ends: ReadonlyArray<number>
  readonly directions: ReadonlyMap<number, Direction>
  readonly open: Set<number>
  isBroken: boolean
}

export class Sessions {
  readonly #timeline: Timeline
  readonly #random: Random
  readonly #delayOf: (edge: number) => number
  readonly #endpointOf: (server: number) => Endpoint | undefined
  readonly #sessions = new Map<number, Session>()
  readonly #stalledUntil = new Map<number, number>()
  #ids = 0
  /** Messages that were delivered. */
  delivered = 0

  constructor(
    timeline: Timeline,
    random: Random,
    delayOf: (edge: number) => number,
    endpointOf: (server: number) => Endpoint | undefined
  ) {
    this.#timeline = timeline
    this.#random = random
    this.#delayOf = delayOf
    this.#endpointOf = endpointOf
  }

  /** Whether the end that dials has a session on the edge. */
  hasSession(edge: number, dialer: number): boolean {
    return Array.from(this.#sessions.values()).some((session) => session.edge === edge && session.open.has(dialer))
  }

  open(edge: number, from: number, to: number): void {
    const id = ++this.#ids
    const direction = (end: number): Direction => ({ to: end, inFlight: 0, arrivesAt: 0, left: Infinity, arrived: [] })
    const directions = new Map([[from, direction(to)], [to, direction(from)]])
    this.#sessions.set(id, { id, edge, ends: [from, to], directions, open: new Set([from, to]), isBroken: false })
    this.#endpointOf(from)?.open(id, to)
    this.#endpointOf(to)?.open(id, from)
  }

  /** Whether the session takes a message of this server now. */
  hasRoom(id: number, from: number): boolean {
    const session = this.#sessions.get(id)
    const direction = session?.directions.get(from)
    return session?.open.has(from) === true && direction !== undefined && direction.inFlight < windowMessages
  }

  send(id: number, from: number, bytes: Uint8Array): void {
    const session = this.#sessions.get(id)
    const direction = session?.directions.get(from)
    if (session === undefined || direction === undefined) return
    direction.inFlight++
    const delay = this.#delayOf(session.edge) * this.#random.number(1, 2)
    const stalled = this.#stalledUntil.get(session.edge) ?? 0
    direction.arrivesAt = Math.max(direction.arrivesAt, this.#timeline.now + delay, stalled)
    this.#timeline.at(direction.arrivesAt, () => {
      direction.arrived.push(bytes)
      this.#deliver(session, direction)
    })
  }

  /** The datagrams of an edge are lost for so long. */
  stall(edge: number, millis: number): void {
    this.#stalledUntil.set(edge, this.#timeline.now + millis)
  }

  /** The path of an edge is gone: its sessions break. */
  cut(edge: number): void {
    for (const session of this.#sessions.values()) if (session.edge === edge) this.#break(session)
  }

  /** The process of a server has ended. */
  killed(server: number): void {
    for (const session of this.#sessions.values()) {
      if (!session.open.delete(server)) continue
      this.#break(session)
    }
  }

  /** A server ends a session; what it has sent before arrives. */
  end(id: number, server: number): void {
    const session = this.#sessions.get(id)
    if (session === undefined || !session.open.delete(server)) return
    this.#endpointOf(server)?.close(id)
    const last = session.directions.get(server)?.arrivesAt ?? 0
    const peer = session.directions.get(server)?.to ?? server
    this.#timeline.at(
      Math.max(last, this.#timeline.now + this.#delayOf(session.edge)),
      () => this.#learn(session, peer)
    )
  }

  #break(session: Session): void {
    if (session.isBroken) return
    session.isBroken = true
    for (const [end, direction] of session.directions) {
      direction.left = this.#random.integer(0, direction.inFlight)
      const notices = this.#random.chance(0.5) ? this.#random.integer(0, 300) : this.#random.integer(0, idleMillis)
      this.#timeline.after(notices, () => this.#learn(session, end))
    }
  }

  #learn(session: Session, end: number): void {
    if (!session.open.delete(end)) return
    this.#endpointOf(end)?.close(session.id)
    if (session.open.size === 0) this.#sessions.delete(session.id)
  }

  #deliver(session: Session, direction: Direction): void {
    const [bytes] = direction.arrived
    if (bytes === undefined || direction.left <= 0 || !session.open.has(direction.to)) return
    if (this.#endpointOf(direction.to)?.receive(session.id, bytes) === false) {
      this.#timeline.after(5, () => this.#deliver(session, direction))
      return
    }
    direction.arrived.shift()
    direction.left--
    direction.inFlight--
    this.delivered++
    const from = session.ends.find((end) => end !== direction.to) ?? direction.to
    if (session.open.has(from)) this.#endpointOf(from)?.onRoom(session.id)
    this.#deliver(session, direction)
  }
}
