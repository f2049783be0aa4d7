/** The people of a room as a host of a site knows them: its own, whom it names to the room, and those of the other hosts. */
import type { Present } from "../../conversation/logs/Logs.ts"

export class ReplicaPresence {
  readonly #own = new Map<string, Present>()
  readonly #others = new Map<string, Present>()
  /** People of other hosts who were not named again since the room has moved. */
  readonly #unconfirmed = new Set<string>()
  /** What the room has to learn, by person. */
  readonly #changes = new Map<string, Present>()

  get all(): ReadonlyArray<Present> {
    return [...this.#own.values(), ...Array.from(this.#others.values()).filter(({ person }) => !this.#own.has(person))]
  }

  /** A person of this host. */
  set(present: Present): void {
    const { person, state } = present
    if (state === "gone") this.#own.delete(person)
    else this.#own.set(person, present)
    this.#changes.set(person, present)
  }

  /** The room knows none of the people any more: those of this host are named again, those of others have the time of a lease. */
  onOpened(): void {
    this.#changes.clear()
    for (const present of this.#own.values()) this.#changes.set(present.person, present)
    for (const person of this.#others.keys()) this.#unconfirmed.add(person)
  }

  /** People of other hosts. Returns what is new. */
  onHere(people: ReadonlyArray<Present>): ReadonlyArray<Present> {
    return people.filter((present) => {
      const { person, state } = present
      const known = this.#others.get(person)
      this.#unconfirmed.delete(person)
      this.#others.set(person, present)
      return known?.state !== state && !this.#own.has(person)
    })
  }

  /** Returns those who are not here any more. */
  onGone(people: ReadonlyArray<string>): ReadonlyArray<string> {
    return people.filter((person) => {
      this.#unconfirmed.delete(person)
      return this.#others.delete(person) && !this.#own.has(person)
    })
  }

  /** Returns those who were not named again. */
  onLeaseEnd(): ReadonlyArray<string> {
    return this.onGone(Array.from(this.#unconfirmed))
  }

  /** What the room has to learn, at most `most` people. They count as named. */
  nextChanges(most: number): ReadonlyArray<Present> {
    const changes = Array.from(this.#changes.values()).slice(0, most)
    for (const { person } of changes) this.#changes.delete(person)
    return changes
  }
}
