/**
 * Which servers of a room have which of its events, and so which events every server has (✓✓). A server is one of the room from the first
 * vector that is known of it. What a server has had counts, also when its disk was lost afterwards: a ✓✓ is never taken back.
 */
import * as Limits from "./ConversationLimits.ts"
import { raise, type Vector } from "./Vector.ts"

export class Acknowledgements {
  readonly #own: string
  readonly #seen = new Map<string, Map<string, number>>()
  readonly #everywhere = new Map<string, number>()

  /** `servers` are those of the room that a store remembers. */
  constructor(own: string, servers: Iterable<string> = []) {
    this.#own = own
    for (const server of [own, ...servers]) this.#seen.set(server, new Map())
  }

  /** All servers of the room. */
  get servers(): ReadonlyArray<string> {
    return Array.from(this.#seen.keys())
  }

  /** What the other servers have, as far as it is known here. */
  get others(): ReadonlyMap<string, Vector> {
    const others = new Map<string, Vector>(this.#seen)
    others.delete(this.#own)
    return others
  }

  /** What every server has. */
  get everywhere(): Vector {
    return this.#everywhere
  }

  /** The number of origins that a vector adds to what is kept of a server; 1 for the server itself. */
  originsIn(server: string, vector: Vector): number {
    const seen = this.#seen.get(server)
    if (seen === undefined) return 1 + vector.size
    let added = 0
    for (const origin of vector.keys()) if (!seen.has(origin)) added++
    return added
  }

  /** A server has this. Returns what is new in it, and whether the server is; undefined for one server too many. */
  onVector(server: string, vector: Vector): { readonly news: Vector; readonly isNew: boolean } | undefined {
    const isNew = !this.#seen.has(server)
    if (isNew && this.#seen.size >= Limits.roomServers) return undefined
    const seen = this.#seen.get(server) ?? new Map<string, number>()
    this.#seen.set(server, seen)
    return { news: raise(seen, vector), isNew }
  }

  /** The entries of `changed` that every server has by now, and had not before. */
  advance(changed: Vector): Vector {
    const reached = new Map<string, number>()
    for (const origin of changed.keys()) {
      let least = Infinity
      for (const seen of this.#seen.values()) least = Math.min(least, seen.get(origin) ?? 0)
      if (least > 0) reached.set(origin, least)
    }
    return raise(this.#everywhere, reached)
  }

  /** A server has left the room for good. It is one of the room again when another vector comes from it. */
  forget(server: string): Vector {
    if (server === this.#own || !this.#seen.delete(server)) return new Map()
    return this.advance(this.#seen.get(this.#own) ?? new Map<string, number>())
  }
}
