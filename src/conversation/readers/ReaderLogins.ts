/** Logs readers in: guests by `Identities`, people with an account by `Accounts`. */
import * as Effect from "effect/Effect"
import type { Address } from "../../net/Address.ts"
import { isGuest } from "../../protocol/conversation/AccessRules.ts"
import type { Login } from "../../protocol/conversation/client/ClientMessage.ts"
import { keysOf } from "../../protocol/conversation/Names.ts"
import type { Rates } from "../../protocol/conversation/Rates.ts"
import { hexOf } from "../../protocol/Hex.ts"
import { Crypto } from "../../security/Crypto.ts"
import * as Timing from "../../transport/Timing.ts"
import type { Failure, Login as AccountLogin, Shape as Accounts } from "../accounts/Accounts.ts"
import * as AccountSecret from "../accounts/AccountSecret.ts"
import * as AccountSource from "../accounts/AccountSource.ts"
import type { Identities, Identity } from "../Identities.ts"
import { Store, type StoreError } from "../store/Store.ts"
import type { StoredAccount } from "../store/StoredRows.ts"
import { type GuestSeat, GuestSeats } from "./GuestSeats.ts"
import * as Limits from "./ReadersLimits.ts"

/** Who a reader is. */
export interface LoggedIn {
  readonly author: string
  readonly nick: string
  readonly token: string | undefined
  readonly expires: number | undefined
  /** Undefined for a guest. */
  readonly account: string | undefined
  /** The connection is over. */
  readonly leave: () => void
  /** Takes another nick. Fails with the reason, as a sentence without a full stop. */
  readonly rename: (nick: string) => Effect.Effect<{ readonly author: string; readonly nick: string }, Refused>
}

/** A refusal, for the person. */
export interface Refused {
  readonly reason: string
  readonly waitMillis: number | undefined
}

/** A connection that wants to log in. */
export interface Applicant {
  readonly address: Address
  /** The key that the session has proved. */
  readonly publicKey: Uint8Array | undefined
  readonly device: string
  /** Ends the connection, because its guest has come by another one. */
  readonly end: (reason: string) => void
}

export interface LoginOptions {
  /** The name of this server. */
  readonly server: string
  readonly identities: Identities
  /** Undefined for a server without accounts. */
  readonly accounts: Accounts | undefined
  /** Whether people without an account are admitted. */
  readonly guests: boolean
  readonly rates: Rates
}

export type LogIn = (login: Login, applicant: Applicant) => Effect.Effect<LoggedIn, Refused>

export const make = (
  { accounts, guests, identities, rates, server }: LoginOptions
): Effect.Effect<LogIn, never, Store | Crypto> =>
  Effect.gen(function*() {
    const store = yield* Store
    const crypto = yield* Crypto
    const now = yield* Timing.monotonic
    const seats = new GuestSeats((key) => identities.release(key))
    let lastNumber = 0

    /** Asks for a nick of a guest; one that an account has is refused as one in use. */
    const claimed = (key: string, nick: string, address: Address): Effect.Effect<Identity, Refused> =>
      Effect.gen(function*() {
        const owner = yield* Effect.mapError(store.accountLike(keysOf(nick.trim())), unreachable)
        if (owner !== undefined) return yield* Effect.fail(refusal(`the nick ${owner.name} belongs to an account`))
        return yield* Effect.async<Identity>((resume) =>
          identities.ask({ key, address }, { _tag: "Nick", nick }, (identity) => resume(Effect.succeed(identity)))
        )
      })
    const named = (key: string, nick: string, address: Address) =>
      Effect.flatMap(claimed(key, nick, address), (identity) =>
        identity._tag === "Denied" ? Effect.fail(refusal(identity.reason)) : Effect.succeed(identity))
    /** The first free nick of `guest-1`, `guest-2` … */
    const numbered = (key: string, address: Address, tries = Limits.guestNumbers): ReturnType<typeof named> =>
      Effect.catchAll(
        Effect.suspend(() =>
          named(key, `guest-${++lastNumber}`, address)
        ),
        (refused) => tries > 1 ? numbered(key, address, tries - 1) : Effect.fail(refused)
      )

    const seated = (seat: GuestSeat, token: string, { address, end }: Applicant): LoggedIn => ({
      author: seat.author,
      nick: seat.nick,
      token,
      expires: undefined,
      account: undefined,
      leave: () => seats.leave(seat.hash, end, now()),
      rename: (nick) =>
        Effect.map(named(seat.key, nick, address), (identity) => {
          seats.rename(seat.hash, identity.author, identity.nick)
          return { author: identity.author, nick: identity.nick }
        })
    })

    const asGuest = (nick: string | undefined, applicant: Applicant): Effect.Effect<LoggedIn, Refused> =>
      Effect.gen(function*() {
        if (!guests) return yield* Effect.fail(refusal("this server admits people with an account only"))
        const { address, device, end } = applicant
        const source = AccountSource.of(address)
        const { hash, text } = AccountSecret.generate(crypto, "token")
        seats.handleTimeout(now())
        const kept = seats.takeByDevice({ device, source, hash, nick }, end, now())
        if (kept !== undefined) return seated(kept, text, applicant)
        const key = hexOf(crypto.random(keyBytes))
        const identity = yield* nick === undefined ? numbered(key, address) : named(key, nick, address)
        const seat = { key, author: identity.author, nick: identity.nick, hash, device, source }
        seats.add(seat, end)
        return seated(seat, text, applicant)
      })

    const asAccount = ({ id, name }: StoredAccount, login?: AccountLogin): LoggedIn => ({
      author: `${name}@${server}`,
      nick: name,
      token: login?.token,
      expires: login?.expires,
      account: id,
      leave: () => undefined,
      rename: () => Effect.fail(refusal("the nick of an account is its name"))
    })

    const byToken = (token: string, applicant: Applicant): Effect.Effect<LoggedIn, Refused> => {
      const hash = AccountSecret.hashOf(crypto, "token", token)
      const seat = hash === undefined ? undefined : seats.takeByToken(hash, applicant.end, now())
      if (seat !== undefined) return Effect.succeed(seated(seat, token, applicant))
      return Effect.map(
        Effect.flatMap(having(accounts), (one) => Effect.mapError(one.logInByToken(token), refusedBy)),
        (account) => asAccount(account)
      )
    }

    const admitted = (login: Login, applicant: Applicant): Effect.Effect<LoggedIn, Refused> => {
      const source = AccountSource.of(applicant.address)
      switch (login.as) {
        case "guest":
          return asGuest(login.nick, applicant)
        case "token":
          return byToken(login.token, applicant)
        case "password":
          return Effect.flatMap(having(accounts), (one) =>
            Effect.map(
              Effect.mapError(one.logIn(login.name, login.password, source), refusedBy),
              (done) => asAccount(done.account, done)
            ))
        case "register":
          return Effect.flatMap(having(accounts), (one) =>
            Effect.map(Effect.mapError(one.register(login, source), refusedBy), (done) =>
              asAccount(done.account, done)))
        case "key": {
          const { publicKey } = applicant
          if (publicKey === undefined) {
            return Effect.fail(refusal("this connection has proved no key"))
          }
          return Effect.flatMap(having(accounts), (one) =>
            Effect.map(Effect.mapError(one.logInByKey(publicKey), refusedBy), (account) =>
              asAccount(account)))
        }
      }
    }

    return (login, applicant) =>
      Effect.suspend(() => {
        const wait = rates.connect(applicant.address, now())
        return wait > 0
          ? Effect.fail({ reason: "too many connections from your address", waitMillis: wait })
          : admitted(login, applicant)
      }).pipe(
        Effect.filterOrFail(({ account, author }) =>
          (account === undefined) === isGuest(author), () =>
          oddName)
      )
  })

/** Bytes of the key of a guest's nick. */
const keyBytes = 16

const having = (accounts: Accounts | undefined): Effect.Effect<Accounts, Refused> =>
  accounts === undefined
    ? Effect.fail(refusal("this server has no accounts; log in as a guest"))
    : Effect.succeed(accounts)

const refusal = (reason: string): Refused => ({ reason, waitMillis: undefined })

const oddName = refusal("this name cannot be used on this server")

const unreachable = (error: StoreError): Refused =>
  refusal(`the accounts of this server cannot be read: ${error.reason}`)

const refusedBy = (error: Failure): Refused =>
  error._tag === "StoreError" ? unreachable(error) : { reason: error.message, waitMillis: error.waitMillis }
