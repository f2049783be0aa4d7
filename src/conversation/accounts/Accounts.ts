/**
 * The accounts of a server, as a service: registering, and logging in by a password, a token or a key. They are rows of the `Store`.
 * docs/SECURITY.md (Accounts) has what is promised.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { StoreError } from "../store/Store.ts"
import type { StoredAccount, StoredKey, StoredToken } from "../store/StoredRows.ts"

/** Why something was refused. Only the words for `WrongPassword` are the same for an account that exists and one that does not. */
export const Reason = Schema.Literal(
  /** Wrong name or password. */
  "WrongPassword",
  /** Unknown, used, expired or revoked. */
  "WrongToken",
  "UnknownKey",
  /** Wrong passwords before, for this account from this source: `waitMillis`. */
  "Wait",
  /** Too many passwords of this source wait, or of all. */
  "Busy",
  "NameTaken",
  "BadName",
  "BadPassword",
  /** Registering is closed here, or takes an invitation. */
  "Closed",
  "UnknownAccount",
  /** As many accounts, or keys of one, as there may be. */
  "TooMany",
  "KeyTaken"
)
export type Reason = typeof Reason.Type

export class AccountError extends Schema.TaggedError<AccountError>()("AccountError", {
  reason: Reason,
  /** For the person, as a sentence without a full stop. */
  message: Schema.String,
  /** Milliseconds until the next attempt, for `Wait`. */
  waitMillis: Schema.optional(Schema.Number)
}) {}

/** Who may register: the operator makes all accounts, an invitation is needed, or anybody may. */
export type Registration = "closed" | "invite" | "open"

/** The policy of a server that was given none: open where only this machine can connect. */
export const defaultRegistration = (isLoopback: boolean): Registration => isLoopback ? "open" : "closed"

/** An account that was logged in to, and a new token, which is shown once. */
export interface Login {
  readonly account: StoredAccount
  readonly token: string
  /** Unix time in milliseconds. */
  readonly expires: number
}

export interface NewAccount {
  readonly name: string
  readonly password: string
  readonly invitation?: string | undefined
}

export type Failure = AccountError | StoreError

/** `source` is what attempts are counted by: `AccountSource.of` an address. */
export interface Shape {
  readonly registration: Registration
  /** Makes an account as the policy allows. */
  readonly register: (account: NewAccount, source: string) => Effect.Effect<Login, Failure>
  /** The account with this name and this password. */
  readonly verify: (name: string, password: string, source: string) => Effect.Effect<StoredAccount, Failure>
  /** The same, with a new token. */
  readonly logIn: (name: string, password: string, source: string) => Effect.Effect<Login, Failure>
  readonly logInByToken: (token: string) => Effect.Effect<StoredAccount, Failure>
  /** The account of a public key of 32 bytes, which the session has proved. */
  readonly logInByKey: (key: Uint8Array) => Effect.Effect<StoredAccount, Failure>

  /** For the operator, whatever the policy. Without a password the account logs in by keys and tokens only. */
  readonly add: (name: string, password: string | undefined) => Effect.Effect<StoredAccount, Failure>
  /** Replaces the password, and revokes all tokens. */
  readonly setPassword: (id: string, password: string) => Effect.Effect<void, Failure>
  readonly named: (name: string) => Effect.Effect<StoredAccount, Failure>
  /** A page of accounts, after the fold of the last one. */
  readonly list: (afterFold?: string) => Effect.Effect<ReadonlyArray<StoredAccount>, Failure>
  /** Removes the account with its keys, tokens and marks, and erases what it has written here. */
  readonly forget: (id: string) => Effect.Effect<void, Failure>

  readonly addKey: (id: string, key: Uint8Array) => Effect.Effect<void, Failure>
  readonly removeKey: (key: Uint8Array) => Effect.Effect<void, Failure>
  readonly keys: (id: string) => Effect.Effect<ReadonlyArray<StoredKey>, Failure>
  /** A new token of an account, for example of one that has logged in by a key. */
  readonly grant: (account: StoredAccount) => Effect.Effect<Login, Failure>
  readonly tokens: (id: string) => Effect.Effect<ReadonlyArray<StoredToken>, Failure>
  readonly revoke: (token: string) => Effect.Effect<void, Failure>
  readonly revokeAll: (id: string) => Effect.Effect<void, Failure>
  /** An invitation, which is shown once and used once. */
  readonly invite: Effect.Effect<{ readonly invitation: string; readonly expires: number }, Failure>
}

export class Accounts extends Context.Tag("holub/Accounts")<Accounts, Shape>() {}
