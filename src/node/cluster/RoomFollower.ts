/**
 * Follows a room of a site from one of its hosts: sessions with the entity of the room, wherever it runs. After a failover the events that
 * were missed come from the store, then the posts that have no answer are sent again.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type Shape, StoreError } from "../../conversation/store/Store.ts"
import * as StoreLimits from "../../conversation/store/StoreLimits.ts"
import * as ClusterLimits from "./ClusterLimits.ts"
import { RoomReplica } from "./RoomReplica.ts"
import { type PostAnswer, RoomLost, type RoomMessage } from "./SiteEntities.ts"
import type { SiteRoom } from "./SiteRoom.ts"
import * as SiteSession from "./SiteSession.ts"

/** A room as @effect/cluster reaches it; calls may fail with errors of the cluster too. */
export interface RemoteRoom {
  readonly follow: Stream.Stream<RoomMessage, unknown>
  readonly post: (...parameters: Parameters<SiteRoom["post"]>) => Effect.Effect<PostAnswer, unknown>
  readonly setPresence: (...parameters: Parameters<SiteRoom["setPresence"]>) => Effect.Effect<void, unknown>
}

/** The room has moved between a call and its answer. */
const moved = new RoomLost({ reason: "the room has moved", isPassing: true })

/** Completes when the room was reached once; the scope ends it. */
export const make = (
  room: string,
  remote: RemoteRoom,
  store: Pick<Shape, "after">
): Effect.Effect<RoomReplica, StoreError, Scope.Scope> =>
  Effect.gen(function*() {
    const hasWork = Effect.unsafeMakeLatch(false)
    const reached = yield* Deferred.make<void, StoreError>()
    const replica = new RoomReplica(() => hasWork.unsafeOpen())
    let lease: Fiber.RuntimeFiber<void> | undefined

    const catchUp: Effect.Effect<void, StoreError> = Effect.gen(function*() {
      while (replica.isBehind) {
        const page = yield* store.after(room, replica.synced(), StoreLimits.pageEvents)
        if (page.length === 0) return replica.onPurged()
        replica.onEvents(page)
      }
    })
    const opened = Effect.gen(function*() {
      yield* Effect.mapError(catchUp, ofStore)
      hasWork.unsafeOpen()
      yield* Deferred.succeed(reached, undefined)
      if (lease !== undefined) yield* Fiber.interruptFork(lease)
      lease = yield* Effect.forkIn(leaseEnd, scope)
    })
    const leaseEnd = Effect.delay(Effect.sync(() => replica.onLeaseEnd()), ClusterLimits.leaseMillis)
    const scope = yield* Effect.scope

    const following = Stream.runForEach(remote.follow, (message) => {
      replica.onMessage(message)
      return message._tag === "Opened" ? opened : Effect.void
    })
    const sendOnce = Effect.gen(function*() {
      yield* hasWork.await
      hasWork.unsafeClose()
      for (let next = replica.nextPresences(); next !== undefined; next = replica.nextPresences()) {
        yield* remote.setPresence(next.to, next.changes)
      }
      const posts = replica.nextPosts()
      if (posts.length > 0 && !replica.onAnswer(posts, yield* remote.post(posts))) return yield* moved
    })
    const session = Effect.suspend(() => {
      replica.onSession()
      return Effect.raceFirst(following, Effect.forever(sendOnce))
    })
    const ended = Effect.catchAll(SiteSession.kept(session), ({ reason }) =>
      Effect.zipRight(
        Effect.sync(() => replica.fail(reason)),
        Deferred.fail(reached, new StoreError({ reason: "Io", message: reason }))
      ))
    yield* Effect.forkScoped(ended)
    yield* Deferred.await(reached)
    return replica
  })

const ofStore = ({ message, reason }: StoreError): RoomLost =>
  new RoomLost({ reason: message, isPassing: reason === "Unreachable" || reason === "Conflict" })
