/** `holub link add`, `link list` and `link remove`: the table of links in the store of a server. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { LinkedServer } from "../../conversation/links/Links.ts"
import { Store } from "../../conversation/store/Store.ts"
import { format, parse as parseAddress } from "../../net/Address.ts"
import { destinationError } from "../../net/Unicast.ts"
import { nodeCrypto } from "../../node/security/NodeCrypto.ts"
import { ServerName } from "../../protocol/conversation/EventBody.ts"
import * as KeyText from "../../security/KeyText.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import { type Failure, usage } from "../errors/Failure.ts"
import * as CommandStore from "../services/CommandStore.ts"
import * as LinkTable from "../services/LinkTable.ts"
import { settings } from "../settings/Settings.ts"
import { harmless } from "../text/Format.ts"
import type { CommandContext, Run } from "./CommandContext.ts"
import { unlessStopped } from "./Layers.ts"
import { exactly } from "./Operands.ts"

interface InStore {
  readonly store: string
}

interface Adding extends InStore {
  readonly operands: ReadonlyArray<string>
  /** The text of the host key of the other server. */
  readonly key: string
  /** Whether the other server dials this one. */
  readonly acceptOnly: boolean
}

/** Adds a link, or replaces that of the same server. A running server has the table of its start. */
export const add: Run<Adding> = unlessStopped(({ key: text, acceptOnly, operands, store }, context) =>
  Effect.gen(function*() {
    const [server] = yield* exactly(operands, ["SERVER"], "link add")
    const { name, place } = yield* serverOf(server)
    if (acceptOnly && place !== undefined) {
      return yield* Effect.fail(
        usage("with --accept-only the server has no address", `write: holub link add ${name} --accept-only`)
      )
    }
    const key = yield* Either.mapLeft(
      KeyText.parse(nodeCrypto, text),
      (why) => usage(`the key ${why}`, "copy it from `holub key show` on the machine of the other server")
    )
    const address = acceptOnly ? undefined : yield* addressOf(place ?? name)
    const linked: LinkedServer = { server: name, key, address }
    const now = yield* Clock.currentTimeMillis
    yield* inStore(store, LinkTable.put(linked, now))
    yield* shown(linked, context)
    yield* context.report.note(
      "a server that runs takes it at its next start; the other server needs a link to this one too"
    )
    return ExitCode.ok
  })
)

export const list: Run<InStore> = unlessStopped(({ store }, context) =>
  Effect.gen(function*() {
    const linked = yield* inStore(store, LinkTable.servers)
    yield* Effect.forEach(linked, (one) => shown(one, context), { discard: true })
    if (linked.length === 0) yield* context.report.note("no server is linked")
    return ExitCode.ok
  })
)

export const remove: Run<InStore & Pick<Adding, "operands">> = unlessStopped(({ operands, store }, context) =>
  Effect.gen(function*() {
    const [server] = yield* exactly(operands, ["SERVER"], "link remove")
    const { name } = yield* serverOf(server)
    if (!(yield* inStore(store, LinkTable.remove(name)))) {
      return yield* Effect.fail(usage(`${name} is not linked`, "`holub link list` lists the linked servers"))
    }
    yield* context.report.emit({ type: "forgotten", server: name })
    yield* context.report.note(`${name} is linked no more; a server that runs ends the link with its next start`)
    return ExitCode.ok
  })
)

const shown = (
  { address, key, server }: LinkedServer,
  { print, report }: CommandContext
): Effect.Effect<void> => {
  const text = KeyText.encode(nodeCrypto, key)
  const place = address === undefined ? undefined : format(address)
  return Effect.zipRight(
    report.emit({ type: "link", server, address: place, key: text }),
    print(`${server}  ${place ?? "(dials this server)"}  ${text}\n`)
  )
}

const inStore = <A>(store: string, body: Effect.Effect<A, Failure, Store>): Effect.Effect<A, Failure> =>
  Effect.scoped(Effect.gen(function*() {
    const opened = yield* CommandStore.open(yield* CommandStore.located(store))
    return yield* Effect.provideService(body, Store, opened)
  }))

/** Reads `SERVER[@HOST[:PORT]]`. The name stands in the events of the server; without a HOST it is the host too. */
const serverOf = (
  text: string
): Either.Either<{ readonly name: string; readonly place: string | undefined }, Failure> => {
  const at = text.indexOf("@")
  const name = at < 0 ? text : text.slice(0, at)
  return Schema.is(ServerName)(name)
    ? Either.right({ name, place: at < 0 ? undefined : text.slice(at + 1) })
    : Either.left(usage(
      `"${harmless(name)}" is not the name of a server`,
      "a name is as --server-name has it, such as alpha.example; an address may follow: alpha@192.0.2.7:4040"
    ))
}

const addressOf = (text: string) => {
  const address = parseAddress(text, Number(settings.port.fallback))
  const { host = "", port = 0 } = address ?? {}
  return port === 0 || destinationError({ host, port }) !== undefined
    ? Either.left(usage(`"${harmless(text)}" is not HOST, HOST:PORT or [IPv6]:PORT`))
    : Either.right({ host, port })
}
