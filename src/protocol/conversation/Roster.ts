/**
 * Who is in a room now. A presence is a lease of a device of a person, renewed by its own connection or by the links over which it is
 * known; it is no event and is never stored. Joins and leaves within a few seconds are one line, and so is what a link takes with it.
 * A state machine: input, `deadline`, `pollLines`. Times are milliseconds of a clock that never goes back.
 */
import { Shares } from "../Shares.ts"
import * as Limits from "./PeopleLimits.ts"

/** A device of a person, and how this server knows of it: over the link to a server, or by a connection of its own. */
export interface Presence {
  readonly person: string
  readonly device: string
  readonly link: string | undefined
}

/** What a reader is shown. People are in the order in which they came or went. */
export type RosterLine =
  | { readonly _tag: "Moved"; readonly joined: ReadonlyArray<string>; readonly left: ReadonlyArray<string> }
  /** The link has ended, and these people are not known over another one. */
  | { readonly _tag: "Away"; readonly link: string; readonly people: ReadonlyArray<string> }
  /** The link is there again, and these people count as present. Those who do not come back with it have left a lease later. */
  | { readonly _tag: "Back"; readonly link: string; readonly people: ReadonlyArray<string> }

interface Lease extends Presence {
  readonly until: number
}

interface Absence {
  readonly people: Set<string>
  /** When those who have not come back with the link have left; Infinity while it is away. */
  until: number
}

export interface RosterLimits {
  readonly presences: number
  readonly ofLink: number
  readonly forNewcomers: number
  readonly devices: number
}

export class Roster {
  readonly #limits: RosterLimits
  readonly #shares: Shares
  /** By their end, the next one first: each is as long as every other, and one that is renewed moves to the end. */
  readonly #leases = new Map<string, Lease>()
  /** The leases of each person. */
  readonly #people = new Map<string, Set<string>>()
  readonly #absences = new Map<string, Absence>()
  /** Whether each of these was there before the line that is being gathered. */
  readonly #moves = new Map<string, boolean>()
  #linesAt = Infinity
  #lines: Array<RosterLine> = []

  constructor(
    limits: RosterLimits = {
      presences: Limits.presences,
      ofLink: Limits.presencesOfLink,
      forNewcomers: Limits.presencesForNewcomers,
      devices: Limits.devicesOfPerson
    }
  ) {
    this.#limits = limits
    this.#shares = new Shares(limits.presences, limits.ofLink, limits.forNewcomers)
  }

  /** Begins or renews a presence. Returns false for one that does not fit into the share of its link, or is of one device too many. */
  renew(presence: Presence, now: number): boolean {
    this.handleTimeout(now)
    const { link, person } = presence
    const key = keyOf(presence)
    const devices = this.#people.get(person) ?? new Set<string>()
    if (!this.#leases.delete(key)) {
      if (devices.size >= this.#limits.devices || !this.#shares.take(shareOf(link))) return false
    }
    if (link !== undefined) this.beginLink(link, now)
    if (devices.size === 0 && !this.#endAbsence(person)) this.#move(person, now)
    this.#leases.set(key, { ...presence, until: now + Limits.presenceMillis })
    this.#people.set(person, devices.add(key))
    return true
  }

  /** Ends a presence before its time. */
  leave(presence: Presence, now: number): void {
    this.handleTimeout(now)
    const lease = this.#leases.get(keyOf(presence))
    if (lease !== undefined && this.#drop(lease)) this.#move(presence.person, now, true)
  }

  /** A link has ended: it takes what is known over it alone, in one line. */
  endLink(link: string, now: number): void {
    this.handleTimeout(now)
    const lost = Array.from(this.#leases.values()).filter((lease) => lease.link === link)
    const people = lost.filter((lease) => this.#drop(lease)).map(({ person }) => person)
    const before = this.#absences.get(link)
    if (people.length === 0 && (before === undefined || before.until === Infinity)) return
    const absent = new Set([...before?.people ?? [], ...people])
    this.#absences.set(link, { people: absent, until: Infinity })
    // What was to be a line of its own is part of this one.
    for (const person of people) this.#moves.delete(person)
    this.#lines.push({ _tag: "Away", link, people: Array.from(absent) })
  }

  /** A link that has ended is there again; `renew` says it as well. */
  beginLink(link: string, now: number): void {
    const absence = this.#absences.get(link)
    if (absence?.until !== Infinity) return
    absence.until = now + Limits.presenceMillis
    this.#lines.push({ _tag: "Back", link, people: Array.from(absence.people) })
  }

  /** Ends leases whose time is over, and the gathering of a line. */
  handleTimeout(now: number): void {
    for (const lease of this.#leases.values()) {
      if (lease.until > now) break
      if (this.#drop(lease)) this.#move(lease.person, now, true)
    }
    for (const [link, absence] of this.#absences) {
      if (absence.until > now) continue
      this.#absences.delete(link)
      for (const person of absence.people) if (!this.isPresent(person)) this.#move(person, now, true)
    }
    if (this.#linesAt <= now) this.#gather()
  }

  /** When `handleTimeout` is due; Infinity for never. */
  get deadline(): number {
    const [next] = this.#leases.values()
    let first = Math.min(next?.until ?? Infinity, this.#linesAt)
    for (const { until } of this.#absences.values()) first = Math.min(first, until)
    return first
  }

  /** The lines since the last call. */
  pollLines(): ReadonlyArray<RosterLine> {
    const lines = this.#lines
    this.#lines = []
    return lines
  }

  isPresent(person: string): boolean {
    return this.#people.has(person)
  }

  /** The people of the room, with their number of devices, in the order in which they came. */
  people(): ReadonlyArray<{ readonly person: string; readonly devices: number }> {
    return Array.from(this.#people, ([person, keys]) => {
      const devices = new Set(Array.from(keys, (key) => this.#leases.get(key)?.device))
      return { person, devices: devices.size }
    })
  }

  /** Removes a lease. Returns whether it was the last one of its person. */
  #drop(lease: Lease): boolean {
    const key = keyOf(lease)
    this.#leases.delete(key)
    this.#shares.give(shareOf(lease.link))
    const keys = this.#people.get(lease.person)
    keys?.delete(key)
    if (keys?.size !== 0) return false
    return this.#people.delete(lease.person)
  }

  /** Ends the absence of a person. Returns whether the line of a link that is back has said it already. */
  #endAbsence(person: string): boolean {
    let isSaid = false
    for (const [link, { people, until }] of this.#absences) {
      if (people.delete(person) && until < Infinity) isSaid = true
      if (people.size === 0) this.#absences.delete(link)
    }
    return isSaid
  }

  /** Notes that a person has come or gone, for the line that is being gathered. */
  #move(person: string, now: number, wasPresent = false): void {
    if (!this.#moves.has(person)) this.#moves.set(person, wasPresent)
    this.#linesAt = Math.min(this.#linesAt, now + Limits.gatheringMillis)
  }

  #gather(): void {
    const moved = Array.from(this.#moves).filter(([person, wasPresent]) => this.isPresent(person) !== wasPresent)
    this.#moves.clear()
    this.#linesAt = Infinity
    const joined = moved.filter(([, wasPresent]) => !wasPresent).map(([person]) => person)
    const left = moved.filter(([, wasPresent]) => wasPresent).map(([person]) => person)
    if (moved.length > 0) this.#lines.push({ _tag: "Moved", joined, left })
  }
}

/** Names have no controls. */
const keyOf = ({ device, link, person }: Presence): string => `${link ?? ""}\n${person}\n${device}`

const shareOf = (link: string | undefined): string => link === undefined ? "own" : `link ${link}`
