/** The service `Accounts` over the services `Store`, `Scrypt` and `Crypto`. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import { HashedBuckets } from "../../protocol/HashedBuckets.ts"
import { hexOf } from "../../protocol/Hex.ts"
import { Crypto } from "../../security/Crypto.ts"
import * as PasswordHash from "../../security/PasswordHash.ts"
import type { Scrypt } from "../../security/Scrypt.ts"
import * as Timing from "../../transport/Timing.ts"
import { serverNameKey, Store, type StoreError } from "../store/Store.ts"
import type { StoredAccount } from "../store/StoredRows.ts"
import type { Write } from "../store/StoreWrites.ts"
import * as Limits from "./AccountLimits.ts"
import * as AccountName from "./AccountName.ts"
import {
  AccountError,
  Accounts,
  type Failure,
  type Login,
  type Reason,
  type Registration,
  type Shape
} from "./Accounts.ts"
import * as AccountSecret from "./AccountSecret.ts"
import * as AccountSource from "./AccountSource.ts"
import { LoginWaits } from "./LoginWaits.ts"
import * as PasswordPool from "./PasswordPool.ts"
import * as PasswordText from "./PasswordText.ts"

export interface Options {
  readonly registration: Registration
}

export const layer = (options: Options): Layer.Layer<Accounts, StoreError, Store | Scrypt | Crypto> =>
  Layer.effect(Accounts, make(options))

const operator = "operator"

export const make = (
  { registration }: Options
): Effect.Effect<Shape, StoreError, Store | Scrypt | Crypto> =>
  Effect.gen(function*() {
    const store = yield* Store
    const crypto = yield* Crypto
    const pool = yield* PasswordPool.make
    const monotonic = yield* Timing.monotonic
    const waits = new LoginWaits()
    const random = () => new DataView(crypto.random(4).buffer).getUint32(0) / 2 ** 32
    const registrations = new HashedBuckets(Limits.registrationsAtOnce, Limits.registrationsPerSecond, random)
    yield* store.commit([{ _tag: "ExpireTokens", now: yield* Clock.currentTimeMillis }])

    const derived = (source: string, password: Uint8Array, { cost, salt }: PasswordHash.PasswordHash) =>
      Effect.mapError(
        Effect.ensuring(pool.derive(source, password, salt, cost), Effect.sync(() => password.fill(0))),
        () => refusal("Busy", "too many log-ins at the moment; try again soon")
      )
    /** The PHC string of a new password. */
    const hashed = (source: string, password: string) =>
      Effect.gen(function*() {
        const bytes = yield* Effect.mapError(
          PasswordText.newBytesOf(password),
          (problem) => refusal("BadPassword", problem)
        )
        const empty = { cost: PasswordHash.cost, salt: crypto.random(PasswordHash.saltBytes), hash: new Uint8Array(0) }
        const hash = yield* derived(source, bytes, empty)
        return PasswordHash.encode({ ...empty, hash })
      })
    const nameOf = (text: string) => Effect.mapError(AccountName.parse(text), (problem) => refusal("BadName", problem))
    const isFree = (name: AccountName.AccountName) =>
      Effect.filterOrFail(store.accountLike(name), (other) => other === undefined, () => nameTaken)
    const hasRoom = Effect.filterOrFail(
      store.accountCount,
      (count) => count < Limits.accounts,
      () => refusal("TooMany", "this server has as many accounts as it may have")
    )
    const newAccount = (name: AccountName.AccountName, password: string | undefined) =>
      Effect.map(Clock.currentTimeMillis, (created): StoredAccount => ({
        id: hexOf(crypto.random(idBytes)),
        ...name,
        password,
        created
      }))

    /** A new token, and the writes that keep it and drop the oldest ones beyond the limit. */
    const granted = (account: StoredAccount) =>
      Effect.gen(function*() {
        const now = yield* Clock.currentTimeMillis
        const { hash, text } = AccountSecret.generate(crypto, "token")
        const held = yield* store.tokens(account.id)
        const dropped = held.slice(0, Math.max(0, held.length + 1 - Limits.tokensOfAccount))
        const expires = now + Limits.accountTokenMillis
        const writes: ReadonlyArray<Write> = [
          ...dropped.map((token): Write => ({ _tag: "RemoveToken", hash: token.hash })),
          { _tag: "AddToken", token: { hash, account: account.id, created: now, expires } }
        ]
        const login: Login = { account, token: text, expires }
        return { login, writes }
      })
    const grant = (account: StoredAccount) =>
      Effect.flatMap(granted(account), ({ login, writes }) => Effect.as(store.commit(writes), login))

    /** The writes that use up an invitation, as the policy demands it. */
    const admission = (invitation: string | undefined): Effect.Effect<ReadonlyArray<Write>, Failure> =>
      Effect.gen(function*() {
        if (registration === "open") return []
        if (registration === "closed") {
          return yield* refusal("Closed", "the operator of this server makes its accounts; ask for one")
        }
        const hash = AccountSecret.hashOf(crypto, "invitation", invitation ?? "")
        const token = hash === undefined ? undefined : yield* store.token(hash)
        const now = yield* Clock.currentTimeMillis
        if (token === undefined || token.account !== undefined || token.expires <= now) return yield* badInvitation
        return [{ _tag: "TakeToken", hash: token.hash }]
      })

    const withAccount = <A>(id: string, body: (account: StoredAccount) => Effect.Effect<A, Failure>) =>
      Effect.flatMap(
        store.account(id),
        (account) => account === undefined ? Effect.fail(unknownAccount) : body(account)
      )

    const verify = (text: string, password: string, source: string): Effect.Effect<StoredAccount, Failure> =>
      Effect.gen(function*() {
        const name = Either.getOrUndefined(AccountName.parse(text))
        const fold = name?.fold ?? ""
        const wait = waits.begin(fold, source, monotonic())
        if (wait > 0) {
          return yield* new AccountError({
            reason: "Wait",
            message: `too many wrong passwords; try again in ${
              Math.ceil(wait / 1000)
            } s, or log in with a token or a key`,
            waitMillis: wait
          })
        }
        const abandon = Effect.sync(() => waits.abandoned(fold, source, monotonic()))
        const account = yield* Effect.tapError(
          name === undefined ? Effect.succeed(undefined) : store.accountNamed(name.fold),
          () => abandon
        )
        const stored = account?.password === undefined ? undefined : PasswordHash.decode(account.password)
        const bytes = Either.getOrElse(PasswordText.bytesOf(password), () => new Uint8Array(1))
        // The same work whether there is an account or not, with a password or not.
        const expected = stored ?? PasswordHash.ofNoPassword
        const hash = yield* Effect.tapError(derived(source, bytes, expected), () => abandon)
        const isRight = PasswordHash.matches(expected, hash)
        if (account === undefined || stored === undefined || !isRight) return yield* wrongPassword
        waits.succeeded(fold, source)
        return account
      })

    return {
      registration,
      register: ({ invitation, name: text, password }, source) =>
        Effect.gen(function*() {
          const writes = yield* admission(invitation)
          const name = yield* nameOf(text)
          yield* hasRoom
          yield* isFree(name)
          if (!AccountSource.isOwn(source) && !registrations.take(source, monotonic())) {
            return yield* refusal("Busy", "too many new accounts from your address; try again later")
          }
          const account = yield* newAccount(name, yield* hashed(source, password))
          const { login, writes: tokens } = yield* granted(account)
          yield* store.commit([...writes, { _tag: "AddAccount", account }, ...tokens]).pipe(
            // Another registration was faster: it has the name, or the invitation.
            Effect.catchIf(
              ({ reason }) => reason === "Conflict",
              () => Effect.zipRight(isFree(name), badInvitation)
            )
          )
          return login
        }),

      verify,
      logIn: (text, password, source) => Effect.flatMap(verify(text, password, source), grant),

      logInByToken: (text) =>
        Effect.gen(function*() {
          const hash = AccountSecret.hashOf(crypto, "token", text)
          const token = hash === undefined ? undefined : yield* store.token(hash)
          const now = yield* Clock.currentTimeMillis
          if (token?.account === undefined || token.expires <= now) return yield* wrongToken
          return (yield* store.account(token.account)) ?? (yield* wrongToken)
        }),

      logInByKey: (key) =>
        Effect.flatMap(
          store.accountOfKey(hexOf(key)),
          (account) =>
            account === undefined
              ? refusal("UnknownKey", "no account has this key; log in with a password")
              : Effect.succeed(account)
        ),

      add: (text, password) =>
        Effect.gen(function*() {
          const name = yield* nameOf(text)
          yield* hasRoom
          yield* isFree(name)
          const account = yield* newAccount(
            name,
            password === undefined ? undefined : yield* hashed(operator, password)
          )
          yield* Effect.catchIf(
            store.commit([{ _tag: "AddAccount", account }]),
            ({ reason }) => reason === "Conflict",
            () => Effect.fail(nameTaken)
          )
          return account
        }),
      setPassword: (id, password) =>
        withAccount(id, () =>
          Effect.flatMap(hashed(operator, password), (hash) =>
            store.commit([
              { _tag: "SetPassword", account: id, password: hash },
              { _tag: "RevokeTokens", account: id }
            ]))),
      named: (text) =>
        Effect.gen(function*() {
          const name = yield* nameOf(text)
          return (yield* store.accountNamed(name.fold)) ?? (yield* unknownAccount)
        }),
      list: (afterFold) => store.accounts(afterFold),
      forget: (id) =>
        withAccount(id, ({ name }) =>
          Effect.flatMap(store.meta(serverNameKey), (server) =>
            store.commit([
              // A store that no server has used has nothing that anybody wrote.
              ...(server === undefined ? [] : [{ _tag: "EraseAuthor", author: `${name}@${server}` } as const]),
              { _tag: "RemoveAccount", account: id }
            ]))),

      addKey: (id, key) =>
        withAccount(id, () =>
          Effect.gen(function*() {
            if ((yield* store.keys(id)).length >= Limits.keysOfAccount) {
              return yield* refusal("TooMany", `an account has at most ${Limits.keysOfAccount} keys; remove one`)
            }
            const created = yield* Clock.currentTimeMillis
            yield* Effect.catchIf(
              store.commit([{ _tag: "AddKey", key: { key: hexOf(key), account: id, created } }]),
              ({ reason }) => reason === "Conflict",
              () => refusal("KeyTaken", "an account has this key already")
            )
          })),
      removeKey: (key) => store.commit([{ _tag: "RemoveKey", key: hexOf(key) }]),
      keys: store.keys,
      grant,
      tokens: store.tokens,
      revoke: (text) => {
        const hash = AccountSecret.hashOf(crypto, "token", text)
        return hash === undefined
          ? wrongToken
          : Effect.catchIf(
            store.commit([{ _tag: "TakeToken", hash }]),
            ({ reason }) => reason === "Conflict",
            () => wrongToken
          )
      },
      revokeAll: (id) => store.commit([{ _tag: "RevokeTokens", account: id }]),
      invite: Effect.gen(function*() {
        const created = yield* Clock.currentTimeMillis
        const { hash, text } = AccountSecret.generate(crypto, "invitation")
        const expires = created + Limits.invitationMillis
        yield* store.commit([{ _tag: "AddToken", token: { hash, account: undefined, created, expires } }])
        return { invitation: text, expires }
      })
    }
  })

/** Bytes of the identity of an account. */
const idBytes = 16

const refusal = (reason: Reason, message: string): AccountError => new AccountError({ reason, message })

const wrongPassword = refusal("WrongPassword", "wrong name or password")
const wrongToken = refusal("WrongToken", "this token is unknown, expired or revoked; log in with a password")
const nameTaken = refusal("NameTaken", "an account has this name already; take another one")
const unknownAccount = refusal("UnknownAccount", "there is no such account")
const badInvitation = refusal("Closed", "this invitation is unknown, expired or used; ask the operator for another one")
