/** `holub account …`: the accounts in a store, for the operator of its server. A file cannot be used while the server runs. */
import * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as AccountName from "../../conversation/accounts/AccountName.ts"
import { AccountError, type Failure as Refusal, type Shape as Accounts } from "../../conversation/accounts/Accounts.ts"
import * as AccountService from "../../conversation/accounts/AccountService.ts"
import { Store } from "../../conversation/store/Store.ts"
import type { StoredAccount } from "../../conversation/store/StoredRows.ts"
import { secondsOf } from "../../node/security/KeyFile.ts"
import { nodeCrypto } from "../../node/security/NodeCrypto.ts"
import { nodeScrypt } from "../../node/security/NodeScrypt.ts"
import * as StandardInput from "../../node/storage/StandardInput.ts"
import { bytesOfHex } from "../../protocol/Hex.ts"
import { Crypto } from "../../security/Crypto.ts"
import * as KeyText from "../../security/KeyText.ts"
import { Scrypt } from "../../security/Scrypt.ts"
import * as AccountFailure from "../errors/AccountFailure.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import { type Failure, usage } from "../errors/Failure.ts"
import * as NewPassword from "../interactive/NewPassword.ts"
import { ofProcess } from "../interactive/TerminalDevice.ts"
import * as CommandStore from "../services/CommandStore.ts"
import { count, harmless } from "../text/Format.ts"
import type { CommandContext, Run } from "./CommandContext.ts"
import { unlessStopped } from "./Layers.ts"
import { exactly } from "./Operands.ts"

interface InStore {
  readonly store: string
}

interface Named extends InStore {
  readonly operands: ReadonlyArray<string>
}

export const add: Run<Named, Terminal.Terminal> = unlessStopped(({ operands, store }, context) =>
  Effect.gen(function*() {
    const [name] = yield* exactly(operands, ["NAME"], "account add")
    yield* Effect.mapError(AccountName.parse(name), (problem) => usage(problem))
    const accounts = yield* opened(store)
    // Before the password is asked for.
    yield* Effect.flatMap(
      Effect.option(accounts.named(name)),
      Option.match({ onNone: () => Effect.void, onSome: taken })
    )
    const account = yield* refused(accounts.add(name, yield* passwordOf(name, context)))
    yield* context.report.emit(yield* eventOf(accounts, account))
    yield* context.report.note(`made the account ${harmless(account.name)}`)
    return ExitCode.ok
  })
)

export const passwd: Run<Named, Terminal.Terminal> = unlessStopped(({ operands, store }, context) =>
  Effect.gen(function*() {
    const [name] = yield* exactly(operands, ["NAME"], "account passwd")
    const accounts = yield* opened(store)
    const { id } = yield* refused(accounts.named(name))
    yield* refused(accounts.setPassword(id, yield* passwordOf(name, context)))
    yield* context.report.emit(yield* eventOf(accounts, yield* refused(accounts.named(name))))
    yield* context.report.note(`${harmless(name)} has another password; its tokens are revoked`)
    return ExitCode.ok
  })
)

export const list: Run<InStore> = unlessStopped<InStore, never>(({ store }, { print, report }) =>
  Effect.gen(function*() {
    const accounts = yield* opened(store)
    let after: string | undefined
    do {
      const page: ReadonlyArray<StoredAccount> = yield* refused(accounts.list(after))
      for (const account of page) {
        const event = yield* eventOf(accounts, account)
        yield* report.emit(event)
        const ways = [event.password ? "password" : "no password", count(event.keys.length, "key")]
        yield* print(`${harmless(event.name)}  since ${event.created}, ${ways.join(", ")}\n`)
      }
      if (after === undefined && page.length === 0) yield* report.note("there are no accounts")
      after = page.at(-1)?.fold
    } while (after !== undefined)
    return ExitCode.ok
  })
)

export const forget: Run<Named> = unlessStopped<Named, never>(({ operands, store }, { report }) =>
  Effect.gen(function*() {
    const [name] = yield* exactly(operands, ["NAME"], "account forget")
    const accounts = yield* opened(store)
    const account = yield* refused(accounts.named(name))
    yield* refused(accounts.forget(account.id))
    yield* report.emit({ type: "accountForgotten", name: account.name })
    yield* report.note(`forgot ${harmless(account.name)}, and erased what it has written here`)
    return ExitCode.ok
  })
)

export const invite: Run<InStore> = unlessStopped<InStore, never>(({ store }, { print, report }) =>
  Effect.gen(function*() {
    const { expires, invitation } = yield* refused((yield* opened(store)).invite)
    yield* report.emit({ type: "invitation", invitation, expires: secondsOf(expires) })
    yield* print(`${invitation}\n`)
    yield* report.note(`it makes one account until ${secondsOf(expires)}, on a server with --register invite`)
    return ExitCode.ok
  })
)

export const key: Run<Named> = unlessStopped<Named, never>(({ operands, store }, { report }) =>
  Effect.gen(function*() {
    const [name, text] = yield* exactly(operands, ["NAME", "KEY"], "account key")
    const bytes = yield* Either.mapLeft(
      KeyText.parse(nodeCrypto, text),
      (why) => usage(`the key ${why}`, "copy the identity from `holub key show` on the machine of its owner")
    )
    const accounts = yield* opened(store)
    const account = yield* refused(accounts.named(name))
    yield* refused(accounts.addKey(account.id, bytes))
    yield* report.emit(yield* eventOf(accounts, account))
    yield* report.note(`this key logs in to ${harmless(account.name)} from now on`)
    return ExitCode.ok
  })
)

/** The accounts of a store; the operator is asked for no invitation. */
const opened = (place: string): Effect.Effect<Accounts, Failure, Scope.Scope> =>
  Effect.gen(function*() {
    const store = yield* CommandStore.open(yield* CommandStore.located(place))
    return yield* refused(AccountService.make({ registration: "closed" })).pipe(
      Effect.provideService(Store, store),
      Effect.provideService(Scrypt, nodeScrypt),
      Effect.provideService(Crypto, nodeCrypto)
    )
  })

const taken = ({ name }: StoredAccount) =>
  Effect.fail(
    AccountFailure.of(new AccountError({ reason: "NameTaken", message: `there is an account ${name} already` }))
  )

const refused = <A, R>(effect: Effect.Effect<A, Refusal, R>): Effect.Effect<A, Failure, R> =>
  Effect.mapError(effect, AccountFailure.of)

const passwordOf = (name: string, { outputs }: CommandContext): Effect.Effect<string, Failure, Terminal.Terminal> =>
  Effect.gen(function*() {
    const isTerminal = yield* (yield* Terminal.Terminal).isTTY
    const inputs = { isTerminal, device: ofProcess(outputs.terminal), stdin: StandardInput.bytesIfAny }
    return yield* NewPassword.read(name, inputs)
  })

const eventOf = (accounts: Accounts, { created, id, name, password }: StoredAccount) =>
  Effect.map(refused(accounts.keys(id)), (keys) => ({
    type: "account" as const,
    name,
    created: secondsOf(created),
    password: password !== undefined,
    keys: keys.map((one) => KeyText.encode(nodeCrypto, bytesOfHex(one.key)))
  }))
