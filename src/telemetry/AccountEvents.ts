/** The lines of `--json` about the accounts of a store, of `account`. */
import * as Schema from "effect/Schema"
import { line } from "./EventLine.ts"

/** An account, of `account add`, `account passwd`, `account key` and `account list`. */
export const Account = line("account", {
  name: Schema.String,
  /** ISO 8601, UTC. */
  created: Schema.String,
  /** Whether it has a password. */
  password: Schema.Boolean,
  /** The texts of its public keys, `hk1…`. */
  keys: Schema.Array(Schema.String)
})

/** An account was removed, and what it has written was erased, of `account forget`. */
export const AccountForgotten = line("accountForgotten", { name: Schema.String })

/** An invitation, which makes one account, of `account invite`. */
export const Invitation = line("invitation", {
  /** `hi1…`; it is shown here only. */
  invitation: Schema.String,
  /** ISO 8601, UTC. */
  expires: Schema.String
})

export const AccountEvent = Schema.Union(Account, AccountForgotten, Invitation)
