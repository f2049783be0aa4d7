/**
 * The nicks of guests that readers use, and for a while those of guests whose connection is over. A guest proves by its token that the nick is
 * its own; without it, by coming from the same place with the same device after the connection is over. Pure; times are milliseconds.
 */
import * as Limits from "./ReadersLimits.ts"

export interface GuestSeat {
  /** The key of the nick in `Identities`. */
  readonly key: string
  readonly author: string
  readonly nick: string
  /** The hash of its token. */
  readonly hash: string
  readonly device: string
  /** As of `AccountSource`. */
  readonly source: string
}

interface Entry {
  seat: GuestSeat
  /** Ends the connection that uses the nick; undefined after its end. */
  end: ((reason: string) => void) | undefined
  /** When the nick becomes free; Infinity while it is used. */
  until: number
}

export class GuestSeats {
  readonly #byHash = new Map<string, Entry>()
  readonly #release: (key: string) => void

  /** `release` makes the nick of a key free. */
  constructor(release: (key: string) => void) {
    this.#release = release
  }

  /** A guest has a nick; `end` ends its connection. */
  add(seat: GuestSeat, end: (reason: string) => void): void {
    this.#byHash.set(seat.hash, { seat, end, until: Infinity })
  }

  /** The seat of a token, for another connection of its guest: the one before is ended. */
  takeByToken(hash: string, end: (reason: string) => void, now: number): GuestSeat | undefined {
    this.#forget(now)
    const entry = this.#byHash.get(hash)
    if (entry === undefined) return undefined
    const before = entry.end
    entry.end = end
    entry.until = Infinity
    before?.("you have connected again")
    return entry.seat
  }

  /** The seat of a guest whose connection is over. It gets another token. */
  takeByDevice(
    { device, hash, nick, source }: Pick<GuestSeat, "device" | "source" | "hash"> & {
      readonly nick: string | undefined
    },
    end: (reason: string) => void,
    now: number
  ): GuestSeat | undefined {
    this.#forget(now)
    for (const [before, entry] of this.#byHash) {
      const { seat } = entry
      if (entry.end !== undefined || seat.device !== device || seat.source !== source) continue
      if (nick !== undefined && nick.replace(/^~/, "") !== seat.nick.replace(/^~/, "")) continue
      this.#byHash.delete(before)
      const taken = { ...seat, hash }
      this.add(taken, end)
      return taken
    }
    return undefined
  }

  /** The guest has another nick. */
  rename(hash: string, author: string, nick: string): void {
    const entry = this.#byHash.get(hash)
    if (entry !== undefined) entry.seat = { ...entry.seat, author, nick }
  }

  /** A connection is over: its nick is kept for a while. Nothing happens if another connection of the guest has it. */
  leave(hash: string, end: (reason: string) => void, now: number): void {
    this.#forget(now)
    const entry = this.#byHash.get(hash)
    if (entry?.end !== end) return
    entry.end = undefined
    entry.until = now + Limits.guestMillis
    // The next one to be forgotten comes first: each is kept for as long as every other.
    this.#byHash.delete(hash)
    this.#byHash.set(hash, entry)
  }

  /** Makes the nicks free whose time is over: before a nick is asked for. */
  #forget(now: number): void {
    for (const [hash, { seat, until }] of this.#byHash) {
      if (until > now) continue
      this.#byHash.delete(hash)
      this.#release(seat.key)
    }
  }

  /** Makes nicks free whose time is over. */
  handleTimeout(now: number): void {
    this.#forget(now)
  }
}
