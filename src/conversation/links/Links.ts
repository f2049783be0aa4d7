/**
 * The links of a server: it dials the servers whose address it has, and accepts those that dial it. Each linked server has one link at a
 * time, whichever side has dialed it. The wire proves the host keys of both.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Address } from "../../net/Address.ts"
import type { LinkEnd } from "../../protocol/conversation/LinkedRooms.ts"
import { isSame } from "../../protocol/SameBytes.ts"
import * as Router from "../../transfer/Router.ts"
import type { PeerStream, SessionStream } from "../../transport/SessionStream.ts"
import { Transport } from "../../transport/Transport.ts"
import type { ExchangeDriver } from "./ExchangeDriver.ts"
import * as LinkLimits from "./LinkLimits.ts"
import * as LinkStream from "./LinkStream.ts"

/** The kind of the stream of a link. */
export const kind = "link"

export interface LinkedServer {
  /** Its name, as it stands in its origins. */
  readonly server: string
  /** Its host key: 32 bytes. */
  readonly key: Uint8Array
  /** Where it is dialed; undefined for a server that dials this one. */
  readonly address: Address | undefined
}

/** What happens to links, for the operator. Texts are sentences without a full stop. */
export type LinkReport =
  | { readonly _tag: "Opened"; readonly server: string }
  /** It is tried again. */
  | { readonly _tag: "Lost"; readonly server: string; readonly text: string }
  /** It is not tried again before this server is started anew: the operator has to decide. */
  | { readonly _tag: "Stopped"; readonly server: string; readonly text: string }
  /** A server that is not linked has dialed. */
  | { readonly _tag: "Refused"; readonly peer: Address }

export interface LinksOptions {
  /** The name of this server. */
  readonly own: string
  readonly linked: ReadonlyArray<LinkedServer>
  readonly report: (report: LinkReport) => void
}

/** The waits between attempts: soon at first, for a server that restarts. */
const retries = Schedule.exponential(LinkLimits.firstRetryMillis).pipe(
  Schedule.union(Schedule.spaced(LinkLimits.mostRetryMillis)),
  Schedule.jittered,
  Schedule.resetAfter(LinkLimits.mostRetryMillis)
)

/** The link of a server that is used now. */
interface Current {
  /** Whether this side has dialed it. */
  readonly isOurs: boolean
  readonly fiber: Fiber.RuntimeFiber<LinkEnd>
}

/** Keeps the links until the scope closes. The handler, for a Router, accepts those of other servers. */
export const keep = (
  driver: ExchangeDriver,
  { linked, own, report }: LinksOptions
): Effect.Effect<Router.Handler, never, Transport | Scope.Scope> =>
  Effect.gen(function*() {
    const { connect } = yield* Transport
    const scope = yield* Effect.scope
    const current = new Map<string, Current>()

    /** Runs a link on a stream, in place of an older one; undefined if that one goes on. */
    const run = (server: string, stream: SessionStream, isOurs: boolean): Effect.Effect<LinkEnd | undefined> =>
      Effect.gen(function*() {
        const before = current.get(server)
        // When both dial at the same time, both must keep the same link: the one that the server with the smaller name has dialed.
        if (before !== undefined && before.isOurs !== isOurs && before.isOurs === own < server) return undefined
        const fiber = yield* Effect.forkIn(LinkStream.run(driver, stream, server), scope)
        current.set(server, { isOurs, fiber })
        if (before !== undefined) yield* Fiber.interrupt(before.fiber)
        report({ _tag: "Opened", server })
        const end = yield* Effect.onInterrupt(Fiber.join(fiber), () => Fiber.interrupt(fiber))
        if (current.get(server)?.fiber === fiber) current.delete(server)
        return end
      })

    const dialOnce = ({ address, key, server }: LinkedServer): Effect.Effect<LinkEnd | undefined> => {
      if (address === undefined) return Effect.succeed(undefined)
      return Effect.gen(function*() {
        const session = yield* connect({ ...address, key, showsHostKey: true })
        return yield* run(server, yield* session.openService(kind), true)
      }).pipe(
        Effect.scoped,
        Effect.catchAll(({ message }) => Effect.succeed<LinkEnd>({ reason: "closed", text: message, isPassing: true }))
      )
    }

    /** Fails where another attempt may succeed. */
    const attempt = (one: LinkedServer): Effect.Effect<void, "Again"> =>
      Effect.gen(function*() {
        const existing = current.get(one.server)
        // A link that the other side has dialed serves as well.
        const end = existing === undefined ? yield* dialOnce(one) : yield* awaited(existing.fiber)
        if (end === undefined) return yield* Effect.fail("Again" as const)
        report({ _tag: end.isPassing ? "Lost" : "Stopped", server: one.server, text: end.text })
        if (end.isPassing) return yield* Effect.fail("Again" as const)
      })

    const accept = (stream: PeerStream): Effect.Effect<void> =>
      Effect.gen(function*() {
        const peer = stream.peer()
        const { publicKey } = peer
        const found = publicKey === undefined ? undefined : linked.find(({ key }) => isSame(key, publicKey))
        if (found === undefined) {
          report({ _tag: "Refused", peer })
          return yield* LinkStream.refuse(stream, "greeting", `is not linked to ${own}`)
        }
        const end = yield* run(found.server, stream, false)
        if (end === undefined) {
          return yield* LinkStream.refuse(stream, "leaving", `is linked already: ${own} has dialed it`)
        }
        // That of a server that is dialed here is reported by its attempt.
        if (found.address !== undefined) return
        report({ _tag: end.isPassing ? "Lost" : "Stopped", server: found.server, text: end.text })
      }).pipe(Effect.ensuring(stream.abandon))

    for (const one of linked) {
      if (one.address !== undefined) yield* Effect.forkScoped(Effect.ignore(Effect.retry(attempt(one), retries)))
    }
    const { handler, streams } = yield* Router.streams(kind)
    yield* Effect.forkScoped(
      Stream.runDrain(Stream.mapEffect(streams, accept, { concurrency: 2 * LinkLimits.links, unordered: true }))
    )
    return handler
  })

/** The end of a link that another fiber runs; undefined if it was replaced. */
const awaited = (fiber: Fiber.RuntimeFiber<LinkEnd>): Effect.Effect<LinkEnd | undefined> =>
  Effect.map(Fiber.await(fiber), (exit) => exit._tag === "Success" ? exit.value : undefined)
