/** The links of a server, as its store has them: rows that `holub link` writes, and that `serve` reads at its start. */
import * as Effect from "effect/Effect"
import * as LinkLimits from "../../conversation/links/LinkLimits.ts"
import type { LinkedServer } from "../../conversation/links/Links.ts"
import { Store } from "../../conversation/store/Store.ts"
import type { StoredLink } from "../../conversation/store/StoredRows.ts"
import { format, parse } from "../../net/Address.ts"
import { bytesOfHex, hexOf } from "../../protocol/Hex.ts"
import { defaultPorts } from "../../protocol/WireName.ts"
import { type Failure, usage } from "../errors/Failure.ts"
import * as StoreFailure from "../errors/StoreFailure.ts"

/** The key of an option: the address where the server is dialed. Without it the server dials this one. */
const address = "address"

/** The row of a link. */
export const rowOf = (linked: LinkedServer, added: number): StoredLink => ({
  peer: linked.server,
  key: hexOf(linked.key),
  options: linked.address === undefined ? {} : { [address]: format(linked.address) },
  added
})

const serverOf = ({ key, options, peer }: StoredLink): LinkedServer => {
  const place = parse(options[address] ?? "", defaultPorts.flock)
  return {
    server: peer,
    key: bytesOfHex(key),
    address: place === undefined ? undefined : { host: place.host, port: place.port ?? defaultPorts.flock }
  }
}

/** The linked servers, in the order in which they were added. */
export const servers: Effect.Effect<ReadonlyArray<LinkedServer>, Failure, Store> = Effect.flatMap(
  Store,
  ({ links }) => Effect.mapBoth(links, { onFailure: StoreFailure.of, onSuccess: (rows) => rows.map(serverOf) })
)

/** Adds a link, or replaces that of the same server. */
export const put = (linked: LinkedServer, now: number): Effect.Effect<void, Failure, Store> =>
  Effect.gen(function*() {
    const store = yield* Store
    const known = yield* servers
    if (known.length >= LinkLimits.links && !known.some(({ server }) => server === linked.server)) {
      return yield* Effect.fail(
        usage(`a server has at most ${LinkLimits.links} links`, "remove one: holub link remove SERVER")
      )
    }
    const other = known.find(({ key, server }) => server !== linked.server && hexOf(key) === hexOf(linked.key))
    if (other !== undefined) {
      return yield* Effect.fail(
        usage(`the key is that of ${other.server}, which is linked already`, "each server has a key of its own")
      )
    }
    yield* Effect.mapError(store.commit([{ _tag: "PutLink", link: rowOf(linked, now) }]), StoreFailure.of)
  })

/** Removes a link; false if there was none. */
export const remove = (server: string): Effect.Effect<boolean, Failure, Store> =>
  Effect.gen(function*() {
    const store = yield* Store
    if (!(yield* servers).some((one) => one.server === server)) return false
    yield* Effect.mapError(store.commit([{ _tag: "RemoveLink", peer: server }]), StoreFailure.of)
    return true
  })
