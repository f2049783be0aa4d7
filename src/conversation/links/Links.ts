/**
 * The links of a server: it dials the servers whose address it has, and accepts those that dial it. Each linked server has one link at a
 * time, whichever side has dialed it. The wire proves the host keys of both.
 */
import * as Duration from "effect/Duration"
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

/** The waits between attempts: soon at first, for a server that restarts. Their input is whether a link has held meanwhile. */
const retries = Schedule.exponential(LinkLimits.firstRetryMillis).pipe(
  Schedule.union(Schedule.spaced(LinkLimits.mostRetryMillis)),
  Schedule.jittered,
  Schedule.intersect(Schedule.identity<boolean>()),
  Schedule.resetWhen(([, hasHeld]) => hasHeld)
)

/** The end of a link, after the time for which it was there. */
type Ended = readonly [held: Duration.Duration, end: LinkEnd]

/** The link has ended, or a newer one of the same server is in its place, or it is not run beside an older one that goes on. */
type Outcome = Ended | "Replaced" | "Unwanted"

/** The link of a server that is used now. */
interface Current {
  /** Whether this side has dialed it. */
  readonly isOurs: boolean
  readonly fiber: Fiber.RuntimeFiber<Ended>
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

    const reportEnd = (server: string, { isPassing, text }: LinkEnd): void =>
      report({ _tag: isPassing ? "Lost" : "Stopped", server, text })

    /** Runs a link on a stream, in place of an older one. An end is reported here, whether or not an attempt waits for it. */
    const run = (server: string, stream: SessionStream, isOurs: boolean): Effect.Effect<Outcome> =>
      Effect.gen(function*() {
        const before = current.get(server)
        // When both dial at the same time, both must keep the same link: the one that the server with the smaller name has dialed.
        if (before !== undefined && before.isOurs !== isOurs && before.isOurs === own < server) return "Unwanted"
        const fiber = yield* Effect.forkIn(Effect.timed(LinkStream.run(driver, stream, server)), scope)
        current.set(server, { isOurs, fiber })
        if (before !== undefined) yield* Fiber.interrupt(before.fiber)
        report({ _tag: "Opened", server })
        const ended = yield* Effect.onInterrupt(awaited(fiber), () => Fiber.interrupt(fiber))
        if (current.get(server)?.fiber !== fiber) return "Replaced"
        current.delete(server)
        // The scope closes.
        if (ended === "Replaced") return yield* Effect.interrupt
        reportEnd(server, ended[1])
        return ended
      })

    const dial = (server: string, address: Address, key: Uint8Array): Effect.Effect<Outcome> =>
      Effect.gen(function*() {
        const session = yield* connect({ ...address, key, showsHostKey: true })
        return yield* run(server, yield* session.openService(kind), true)
      }).pipe(
        Effect.scoped,
        Effect.catchAll(({ message }) => {
          const end: LinkEnd = { reason: "closed", text: message, isPassing: true }
          reportEnd(server, end)
          return Effect.succeed<Ended>([Duration.zero, end])
        })
      )

    /** Runs or awaits one link. Returns whether it has held; fails when no other attempt may succeed. */
    const attempt = (server: string, address: Address, key: Uint8Array): Effect.Effect<boolean, "Stopped"> =>
      Effect.gen(function*() {
        const existing = current.get(server)
        // A link that the other side has dialed serves as well.
        const outcome = yield* existing === undefined ? dial(server, address, key) : awaited(existing.fiber)
        if (typeof outcome === "string") return false
        const [held, { isPassing }] = outcome
        if (!isPassing) return yield* Effect.fail("Stopped" as const)
        return Duration.toMillis(held) >= LinkLimits.steadyMillis
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
        const outcome = yield* run(found.server, stream, false)
        if (outcome === "Unwanted") {
          return yield* LinkStream.refuse(stream, "leaving", `is linked already: ${own} has dialed it`)
        }
      }).pipe(Effect.ensuring(stream.abandon))

    for (const { address, key, server } of linked) {
      if (address === undefined) continue
      yield* Effect.forkScoped(Effect.ignore(Effect.repeat(attempt(server, address, key), retries)))
    }
    const { handler, streams } = yield* Router.streams(kind)
    yield* Effect.forkScoped(
      Stream.runDrain(Stream.mapEffect(streams, accept, { concurrency: 2 * LinkLimits.links, unordered: true }))
    )
    return handler
  })

/** The end of a link that another fiber runs. */
const awaited = (fiber: Fiber.RuntimeFiber<Ended>): Effect.Effect<Ended | "Replaced"> =>
  Effect.map(Fiber.await(fiber), (exit) => exit._tag === "Success" ? exit.value : "Replaced")
