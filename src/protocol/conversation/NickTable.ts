/**
 * The nicks of a server: those that belong to accounts, and those that guests use. A nick has one owner at a time, in every case and
 * look-alike spelling, and is never taken from its owner: a second person gets the reason.
 */
import { Shares } from "../Shares.ts"
import { guestSign, isAlike, keysOf, type NameKeys, nickOf, operatorNick } from "./Names.ts"
import * as Limits from "./PeopleLimits.ts"

/** The nick as it is shown, or the reason why it is refused, as a sentence without a full stop. */
export type Claim =
  | { readonly _tag: "Claimed"; readonly nick: string }
  | { readonly _tag: "Refused"; readonly reason: string }

export type NickOwner =
  | { readonly _tag: "Account"; readonly account: string }
  /** `guest` is unique for a connection, `source` as of `protocol/Source`. */
  | { readonly _tag: "Guest"; readonly guest: string; readonly source: string }

interface Entry {
  readonly nick: string
  readonly keys: NameKeys
  readonly owner: NickOwner
}

export interface NickLimits {
  /** Nicks of accounts, and nicks of guests. */
  readonly nicks: number
  readonly guestsOfSource: number
  readonly guestsForNewcomers: number
}

export class NickTable {
  readonly #limits: NickLimits
  readonly #guestShares: Shares
  readonly #byFold = new Map<string, Entry>()
  readonly #byLook = new Map<string, Entry>()
  readonly #byAccount = new Map<string, Entry>()
  readonly #byGuest = new Map<string, Entry>()

  constructor(
    limits: NickLimits = {
      nicks: Limits.nicks,
      guestsOfSource: Limits.guestNicksOfSource,
      guestsForNewcomers: Limits.guestNicksForNewcomers
    }
  ) {
    this.#limits = limits
    this.#guestShares = new Shares(limits.nicks, limits.guestsOfSource, limits.guestsForNewcomers)
  }

  /**
   * Gives a nick to an account; the one that the account had before becomes free. A guest who registers may keep the nick: `guest` is
   * that guest, and has none after it.
   */
  register(text: string | undefined, account: string, guest?: string): Claim {
    const before = this.#byAccount.get(account)
    const mine = guest === undefined ? undefined : this.#byGuest.get(guest)
    const nick = this.#freeNick(text, [before, mine])
    if (nick._tag === "Refused") return nick
    if (before === undefined && this.#byAccount.size >= this.#limits.nicks) {
      return refused("the server has no room for another nick")
    }
    if (before !== undefined) this.#remove(before)
    if (mine !== undefined) this.#remove(mine)
    this.#add({ nick: nick.nick, keys: keysOf(nick.nick), owner: { _tag: "Account", account } })
    return nick
  }

  /** Makes the nick of an account free. */
  unregister(account: string): void {
    const entry = this.#byAccount.get(account)
    if (entry !== undefined) this.#remove(entry)
  }

  /** Gives a nick to a guest, with `~` before it; the one that the guest had before becomes free. */
  claim(text: string | undefined, guest: string, source: string): Claim {
    const before = this.#byGuest.get(guest)
    const nick = this.#freeNick(text?.trimStart().replace(/^~/, ""), [before])
    if (nick._tag === "Refused") return nick
    if (before === undefined && !this.#guestShares.take(source)) {
      return refused("too many guests have a nick; try again later")
    }
    if (before !== undefined) this.#remove(before, true)
    const shown = guestSign + nick.nick
    this.#add({ nick: shown, keys: keysOf(shown), owner: { _tag: "Guest", guest, source: sourceOf(before) ?? source } })
    return { _tag: "Claimed", nick: shown }
  }

  /** Makes the nick of a guest free. */
  release(guest: string): void {
    const entry = this.#byGuest.get(guest)
    if (entry !== undefined) this.#remove(entry)
  }

  /** The owner of a nick in any case, with or without `~`; one that only looks the same is another nick. */
  ownerOf(nick: string): NickOwner | undefined {
    return this.#byFold.get(keysOf(nick).fold)?.owner
  }

  /** The nick of an account. */
  nickOf(account: string): string | undefined {
    return this.#byAccount.get(account)?.nick
  }

  /** Nicks of accounts and of guests. */
  get size(): number {
    return this.#byFold.size
  }

  /** A nick that no entry but those of the same person has, or looks like. */
  #freeNick(text: string | undefined, own: ReadonlyArray<Entry | undefined>): Claim {
    const read = nickOf(text)
    if (read._tag === "NoName") return refused(`the nick ${read.problem}`)
    const keys = keysOf(read.name)
    if (isAlike(keys, operator)) return refused(`the nick ${read.name} is kept for the operator of the server`)
    const same = this.#byFold.get(keys.fold)
    if (same !== undefined && !own.includes(same)) {
      return refused(
        same.owner._tag === "Account"
          ? `the nick ${read.name} belongs to an account`
          : `the nick ${read.name} is in use`
      )
    }
    const alike = this.#byLook.get(keys.look)
    if (alike !== undefined && !own.includes(alike)) {
      return refused(`the nick ${read.name} looks like ${alike.nick}, which is in use`)
    }
    return { _tag: "Claimed", nick: read.name }
  }

  #add(entry: Entry): void {
    this.#byFold.set(entry.keys.fold, entry)
    this.#byLook.set(entry.keys.look, entry)
    if (entry.owner._tag === "Account") this.#byAccount.set(entry.owner.account, entry)
    else this.#byGuest.set(entry.owner.guest, entry)
  }

  #remove({ keys, owner }: Entry, keepsPlace = false): void {
    this.#byFold.delete(keys.fold)
    this.#byLook.delete(keys.look)
    if (owner._tag === "Account") {
      this.#byAccount.delete(owner.account)
      return
    }
    this.#byGuest.delete(owner.guest)
    if (!keepsPlace) this.#guestShares.give(owner.source)
  }
}

const operator = keysOf(operatorNick)

const sourceOf = (entry: Entry | undefined): string | undefined =>
  entry?.owner._tag === "Guest" ? entry.owner.source : undefined

const refused = (reason: string): Claim => ({ _tag: "Refused", reason })
