/** Who is in a room of a site: what each host says of its people. A person may be at several hosts. */
import type { Present } from "../../conversation/logs/Logs.ts"
import * as Limits from "../../protocol/conversation/ConversationLimits.ts"

export class SitePresence {
  /** The last state first by person, then by subscription of the host. */
  readonly #people = new Map<string, Map<number, Present>>()
  #entries = 0

  /** Everybody who is there. */
  get all(): ReadonlyArray<Present> {
    return Array.from(this.#people.values(), newest).flatMap((present) => present ?? [])
  }

  /** A host says where one of its people is. Returns what the other hosts do not know yet; undefined if it is nothing. */
  set(subscription: number, present: Present): Present | undefined {
    const { person, state } = present
    const known = this.#people.get(person)
    if (state === "gone") return this.#remove(subscription, person) ? { person, state } : undefined
    const before = newest(known)
    if (known?.has(subscription) !== true) {
      if (this.#entries >= Limits.leases) return undefined
      this.#entries++
    }
    const entries = known ?? new Map<number, Present>()
    // Deleted first, so that the newest one is last.
    entries.delete(subscription)
    entries.set(subscription, present)
    this.#people.set(person, entries)
    return before?.state === state ? undefined : present
  }

  /** A host has gone. Returns the people who are nowhere any more. */
  leave(subscription: number): ReadonlyArray<string> {
    return Array.from(this.#people.keys()).filter((person) => this.#remove(subscription, person))
  }

  /** Whether the person is nowhere any more. */
  #remove(subscription: number, person: string): boolean {
    const entries = this.#people.get(person)
    if (entries?.delete(subscription) !== true) return false
    this.#entries--
    if (entries.size > 0) return false
    this.#people.delete(person)
    return true
  }
}

const newest = (entries: ReadonlyMap<number, Present> | undefined): Present | undefined =>
  Array.from(entries?.values() ?? []).at(-1)
