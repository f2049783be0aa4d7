/**
 * Who is in a room now, and the lines that readers are shown about it: joins and leaves within a few seconds are one line, and so is what a
 * link takes with it. It keeps no leases: `Presences` does, for all rooms, and says when one begins and when it is over. A state machine:
 * input, `deadline`, `pollLines`. Times are milliseconds of a clock that never goes back.
 */
import type { PresenceState } from "./LinkMessage.ts"
import * as Limits from "./PeopleLimits.ts"

/** What a reader is shown. People are in the order in which they came or went. */
export type RosterLine =
  | { readonly _tag: "Moved"; readonly joined: ReadonlyArray<string>; readonly left: ReadonlyArray<string> }
  /** The link to this server has ended, and these people are not known over another one. */
  | { readonly _tag: "Away"; readonly server: string; readonly people: ReadonlyArray<string> }
  /** One of them is there again, so all count as present. Those who do not come back within the time of a lease have left. */
  | { readonly _tag: "Back"; readonly server: string; readonly people: ReadonlyArray<string> }

interface Absence {
  readonly people: Set<string>
  /** When those who have not come back have left; Infinity while all are away. */
  until: number
}

export class Roster {
  /** In the order in which they came. */
  readonly #people = new Map<string, PresenceState>()
  readonly #absences = new Map<string, Absence>()
  /** Whether each of these was there before the line that is being gathered. */
  readonly #moves = new Map<string, boolean>()
  #linesAt = Infinity
  #lines: Array<RosterLine> = []

  /** A person is here, in this state. Returns whether that is new. */
  set(person: string, state: Exclude<PresenceState, "gone">, now: number): boolean {
    this.handleTimeout(now)
    const before = this.#people.get(person)
    if (before === undefined && !this.#endAbsence(person, now)) this.#move(person, now, false)
    this.#people.set(person, state)
    return state !== before
  }

  /** People have left, or their leases are over. */
  leave(people: ReadonlyArray<string>, now: number): void {
    this.handleTimeout(now)
    for (const person of people) if (this.#people.delete(person)) this.#move(person, now, true)
  }

  /** An event of the log tells that a person has come or gone: no line has to. */
  told(person: string): void {
    this.#moves.delete(person)
  }

  /** The link to a server has ended: it takes these people, in one line. */
  endLink(server: string, people: ReadonlyArray<string>, now: number): void {
    this.handleTimeout(now)
    const lost = people.filter((person) => this.#people.delete(person))
    const before = this.#absences.get(server)
    if (lost.length === 0 && (before === undefined || before.until === Infinity)) return
    const absent = new Set([...before?.people ?? [], ...lost])
    this.#absences.set(server, { people: absent, until: Infinity })
    // What was to be a line of its own is part of this one.
    for (const person of lost) this.#moves.delete(person)
    this.#lines.push({ _tag: "Away", server, people: Array.from(absent) })
  }

  /** Ends the wait for those who do not come back, and the gathering of a line. */
  handleTimeout(now: number): void {
    for (const [server, absence] of this.#absences) {
      if (absence.until > now) continue
      this.#absences.delete(server)
      for (const person of absence.people) if (!this.isPresent(person)) this.#move(person, now, true)
    }
    if (this.#linesAt <= now) this.#gather()
  }

  /** When `handleTimeout` is due; Infinity for never. */
  get deadline(): number {
    let first = this.#linesAt
    for (const { until } of this.#absences.values()) first = Math.min(first, until)
    return first
  }

  /** The lines since the last call. */
  pollLines(): ReadonlyArray<RosterLine> {
    const lines = this.#lines
    this.#lines = []
    return lines
  }

  /** Where a person is; undefined for one that is not in the room. */
  stateOf(person: string): PresenceState | undefined {
    return this.#people.get(person)
  }

  isPresent(person: string): boolean {
    return this.#people.has(person)
  }

  /** The people of the room, in the order in which they came. */
  people(): ReadonlyArray<{ readonly person: string; readonly state: PresenceState }> {
    return Array.from(this.#people, ([person, state]) => ({ person, state }))
  }

  get size(): number {
    return this.#people.size
  }

  /** Ends the absence of a person. Returns whether the line of a link that is back has said it. */
  #endAbsence(person: string, now: number): boolean {
    let isSaid = false
    for (const [server, absence] of this.#absences) {
      if (!absence.people.has(person)) continue
      if (absence.until === Infinity) {
        absence.until = now + Limits.presenceMillis
        this.#lines.push({ _tag: "Back", server, people: Array.from(absence.people) })
      }
      isSaid = true
      absence.people.delete(person)
      if (absence.people.size === 0) this.#absences.delete(server)
    }
    return isSaid
  }

  /** Notes that a person has come or gone, for the line that is being gathered. */
  #move(person: string, now: number, wasPresent: boolean): void {
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
