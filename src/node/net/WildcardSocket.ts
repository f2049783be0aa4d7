/**
 * A socket at a wildcard (`0.0.0.0`, `::`): one exclusive socket for each local address, and the list of these addresses, which
 * changes while the socket is open. A single socket at the wildcard cannot answer from the address at which the peer reached
 * this host: libuv discards the control messages that hold this address. A wildcard socket beside the others would need
 * SO_REUSEADDR on all of them, and then another program could take their traffic.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import { SocketAddress } from "node:net"
import { networkInterfaces } from "node:os"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import * as NetLimits from "../../net/NetLimits.ts"
import type { Bound, Handler, SocketError } from "../../net/Socket.ts"
import { closedUnlessItSucceeds } from "../../transport/Scoped.ts"
import { familyOf } from "./Dgram.ts"
import { errorOf } from "./SocketErrors.ts"
import type { Drain } from "./WildcardMembers.ts"
import { Members, notAvailable } from "./WildcardMembers.ts"

/** Opens an exclusive socket at an address of this host. */
export type Bind = (local: Address, handler: Handler) => Effect.Effect<Bound, SocketError, Scope.Scope>

/** The addresses of this host, as `os.networkInterfaces` lists them. */
export type Interfaces = () => ReturnType<typeof networkInterfaces>

/** Decorates `bind`: at a wildcard it opens one socket for each address. */
export const serving = (bind: Bind, interfaces: Interfaces = networkInterfaces): Bind => (local, handler) => {
  const host = wildcardOf(local.host)
  if (host === undefined) return bind(local, handler)
  const addresses = Effect.try({
    try: () => addressesOf(host, interfaces()),
    catch: (cause) => errorOf(cause, format(local))
  })
  return bindAll({ host, port: local.port }, handler, bind, addresses)
}

/** The addresses of a wildcard; for `::` including IPv4. A link-local address has its interface after `%`. */
export const addressesOf = (wildcard: string, interfaces: ReturnType<Interfaces>): ReadonlyArray<string> => {
  const listed = Object.entries(interfaces).flatMap(([name, entries = []]) =>
    entries.flatMap((entry) => {
      if (entry.family === "IPv4") return [entry.address]
      if (wildcard !== "::") return []
      // Windows uses numbers, not names.
      const scope = process.platform === "win32" ? entry.scopeid : name
      return [entry.scopeid === 0 ? entry.address : `${entry.address}%${scope}`]
    })
  )
  return [...new Set(listed)]
}

/** The canonical form of a wildcard, which can be written in several ways; undefined for any other address. */
const wildcardOf = (host: string): string | undefined => {
  const address = familyOf(host) === 6 ? new SocketAddress({ address: host, family: "ipv6" }).address : host
  if (address === "::") return address
  return address === "0.0.0.0" || address === "::ffff:0.0.0.0" ? "0.0.0.0" : undefined
}

const bindAll = (
  local: Address,
  handler: Handler,
  bind: Bind,
  addresses: Effect.Effect<ReadonlyArray<string>, SocketError>
): ReturnType<Bind> =>
  Effect.gen(function*() {
    const opened = Effect.flatMap(Effect.scope, (scope) => {
      const members = new Members(local, handler)
      const open = (address: string) => openOne(members, address, bind, scope)
      return Effect.as(Effect.flatMap(addresses, (listed) => openAll(members, listed, open)), { members, open })
    })
    const { members, open } = yield* Effect.retry(closedUnlessItSucceeds(opened), {
      // The port that the system chose for the first address may be in use at another address.
      times: local.port === 0 ? NetLimits.wildcardPortTries - 1 : 0,
      while: ({ reason }) => reason === "AddressInUse"
    })
    yield* Effect.addFinalizer(() => Effect.sync(() => members.stop()))
    const refreshed = Effect.flatMap(addresses, (listed) => refresh(members, listed, open))
    // A list that cannot be read leaves the sockets as they are.
    yield* Effect.forkScoped(Effect.schedule(Effect.ignore(refreshed), Schedule.spaced(NetLimits.interfacesMillis)))
    return members.bound()
  })

/** Opens the socket of one address. */
type Open = (address: string) => Effect.Effect<void, SocketError>

const openOne = (members: Members, address: string, bind: Bind, parent: Scope.Scope): ReturnType<Open> =>
  Effect.gen(function*() {
    const scope = yield* Scope.fork(parent, ExecutionStrategy.sequential)
    const drain: Drain = { isDue: false }
    const bound = yield* bind({ host: address, port: members.port }, members.handlerOf(drain)).pipe(
      Scope.extend(scope),
      Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
    )
    members.add({ address, bound, drain, scope })
  })

/**
 * Opens the sockets at the start. It fails where the port is in use at one address, and where no address can be bound. An
 * address that cannot be bound for another reason is tried again with each refresh.
 */
const openAll = (members: Members, addresses: ReadonlyArray<string>, open: Open): Effect.Effect<void, SocketError> =>
  Effect.gen(function*() {
    let failure: SocketError | undefined
    for (const address of addresses) {
      const opened = yield* Effect.either(open(address))
      if (Either.isRight(opened)) continue
      if (opened.left.reason === "AddressInUse") return yield* opened.left
      failure ??= opened.left
    }
    if (members.isEmpty) return yield* failure ?? notAvailable(members.local)
    members.start()
  })

/** Opens sockets at new addresses and closes those at addresses that are gone. */
const refresh = (members: Members, addresses: ReadonlyArray<string>, open: Open): Effect.Effect<void> =>
  Effect.gen(function*() {
    for (const { scope } of members.removeAllBut(addresses)) yield* Scope.close(scope, Exit.void)
    for (const address of addresses) {
      if (members.has(address)) continue
      const opened = yield* Effect.either(open(address))
      if (Either.isLeft(opened)) members.onFailure(address, opened.left)
    }
  })
