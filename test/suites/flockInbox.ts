/** A server over sessions whose inbox is a disk in memory, and a client of it. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { type Inbox, Storage } from "../../src/storage/Storage.ts"
import type { Disk } from "../../src/storage/StorageMemory.ts"
import * as StorageMemory from "../../src/storage/StorageMemory.ts"
import { type InboxEvent, receiveAll } from "../../src/transfer/Inbox.ts"
import * as Endpoint from "../../src/transport/flock/FlockEndpoint.ts"
import type { Listener, Session } from "../../src/transport/Transport.ts"
import { address, network, newWire, passing } from "./flockNetwork.ts"

/** Serves an inbox, modified by `change`, while `client` runs; returns the events. */
export const serving = <A, E>(
  client: (session: Session, listener: Listener) => Effect.Effect<A, E, Storage>,
  { change = (inbox) => inbox, disk = new Map(), ifExists = "rename", wire = newWire() }: {
    readonly change?: (inbox: Inbox) => Inbox
    readonly disk?: Disk
    readonly ifExists?: "rename" | "fail"
    readonly wire?: ReturnType<typeof newWire>
  } = {}
) =>
  Effect.gen(function*() {
    const events: Array<InboxEvent> = []
    const listener = yield* Endpoint.listen(address)
    const inbox = yield* Effect.flatMap(Storage, (storage) => storage.inbox({ path: "/in", ifExists }))
    yield* Effect.forkScoped(
      Stream.runForEach(receiveAll(listener, change(inbox)), (event) => Effect.sync(() => events.push(event)))
    )
    const outcome = yield* passing(
      Effect.either(Effect.scoped(Effect.flatMap(Endpoint.connect(address), (session) => client(session, listener))))
    )
    yield* TestClock.adjust("2 minutes")
    return { events, outcome, sessions: listener.open() }
  }).pipe(Effect.scoped, Effect.provide(Layer.merge(network(wire), StorageMemory.layer(disk))))

export const tags = (events: ReadonlyArray<InboxEvent>): ReadonlyArray<string> => events.map(({ _tag }) => _tag)
