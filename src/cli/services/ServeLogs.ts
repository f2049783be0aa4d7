/** The logs of the rooms of `serve`, and its links to other servers. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { hostname } from "node:os"
import type { LinkedServer } from "../../conversation/links/Links.ts"
import * as Links from "../../conversation/links/Links.ts"
import type * as Logs from "../../conversation/logs/Logs.ts"
import * as ServerLogs from "../../conversation/logs/ServerLogs.ts"
import { Store, type StoreError } from "../../conversation/store/Store.ts"
import { format } from "../../net/Address.ts"
import { nodeSignatures } from "../../node/security/NodeSignatures.ts"
import { ServerName } from "../../protocol/conversation/EventBody.ts"
import * as Powers from "../../protocol/conversation/Powers.ts"
import type { Crypto } from "../../security/Crypto.ts"
import { Keyring } from "../../security/Keyring.ts"
import { Signatures } from "../../security/Signatures.ts"
import type { Handler } from "../../transfer/Router.ts"
import type { Capabilities, Transport } from "../../transport/Transport.ts"
import { type Failure, ofKeyring, usage } from "../errors/Failure.ts"
import * as StoreFailure from "../errors/StoreFailure.ts"
import type { Report, ReportEvent } from "../report/Report.ts"
import * as LinkTable from "./LinkTable.ts"

export interface ServeLogs {
  readonly logs: Logs.Shape
  /** For the sessions of the server. */
  readonly handlers: ReadonlyArray<Handler>
  /** The links, with their state now. */
  readonly links: () => ReadonlyArray<Logs.LinkState>
  /** The linked servers that others reach at the same address as this one. */
  readonly servers: ReadonlyArray<LinkedServer>
  /** Calls `watch` with each link that has changed. */
  readonly onLink: (watch: (state: Logs.LinkState) => void) => void
}

/** Opens the logs that the store has, with the room `hall`, and keeps the links, until the scope closes. `name` is that of `--server-name`. */
export const open = (
  name: string | undefined,
  report: Report,
  { publicKey, streams }: Pick<Capabilities, "streams"> & { readonly publicKey: Uint8Array | undefined }
): Effect.Effect<ServeLogs, Failure, Store | Crypto | Keyring | Transport | Scope.Scope> =>
  Effect.gen(function*() {
    const keyring = yield* Keyring
    const host = yield* Effect.mapError(keyring.host, ofKeyring)
    const fork = Runtime.runFork(yield* Effect.runtime())
    const emit = (event: ReportEvent): void => void fork(report.emit(event))
    const { driver, logs } = yield* ServerLogs.open({
      name,
      fallback: ownName(hostname()),
      host,
      warn: (message) => emit({ type: "warning", code: "KeyOfServerChanged", message })
    }).pipe(Effect.provideService(Signatures, nodeSignatures), Effect.mapError(openingFailure))
    yield* Effect.mapError(logs.make(Powers.hall, { access: "public", servers: [] }), StoreFailure.of)
    const linked = yield* LinkTable.servers
    const states = new Map(linked.map(({ server }) => [server, false]))
    if (publicKey === undefined || !streams) {
      if (linked.length > 0) return yield* Effect.fail(withoutKeys)
      return { logs, handlers: [], links: () => [], servers: [], onLink: () => undefined }
    }
    const own = linked.find(({ server }) => server === logs.server)
    if (own !== undefined) return yield* Effect.fail(ownLink(logs.server))
    const watches = new Set<(state: Logs.LinkState) => void>()
    const handler = yield* Links.keep(driver, {
      own: logs.server,
      linked,
      report: (event) => {
        if (event._tag === "Refused") return emit(refused(format(event.peer)))
        const isLinked = event._tag === "Opened"
        states.set(event.server, isLinked)
        for (const watch of watches) watch({ server: event.server, isLinked })
        emit(eventOf(event))
      }
    })
    const links = () => Array.from(states, ([server, isLinked]) => ({ server, isLinked }))
    return { logs, handlers: [handler], links, servers: linked, onLink: (watch) => void watches.add(watch) }
  })

/** A store of another server is a wrong option. */
const openingFailure = (error: StoreError): Failure =>
  error.reason === "Invalid" ? usage(error.message) : StoreFailure.of(error)

type OfServer = Exclude<Links.LinkReport, { readonly _tag: "Refused" }>

const eventOf = (report: OfServer): ReportEvent =>
  report._tag === "Opened"
    ? { type: "linked", server: report.server }
    : { type: "unlinked", server: report.server, isFinal: report._tag === "Stopped", message: report.text }

const refused = (peer: string): ReportEvent => ({
  type: "warning",
  code: "NotLinked",
  message: `${peer} wants to be linked, and no link has its key; holub link add makes one`
})

const withoutKeys = usage(
  "the store has links, and links need sessions with keys",
  "leave out --wire classic and --protection crc, or remove the links: holub link remove SERVER"
)

const ownLink = (server: string): Failure =>
  usage(
    `the store has a link to ${server}, which is the name of this server`,
    `remove it: holub link remove ${server}; or give this server another name in another store: --server-name SERVER`
  )

/** The name of this machine as that of a server, if it can be one. */
const ownName = (machine: string): string =>
  Either.getOrElse(Schema.decodeUnknownEither(ServerName)(machine.toLowerCase()), () => "holub")
