// The same protocol without a network and without a disk, in virtual time: every third DAT is lost, and the program
// does not wait in real time.
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as TestContext from "effect/TestContext"
import { Crc, Inbox, Outbox, Storage, Transport } from "holub"
import * as Classic from "holub/classic"
import { Faults, SocketMemory, StorageMemory } from "holub/testing"

const program = Effect.gen(function*() {
  const storage = yield* Storage.Storage
  const inbox = yield* storage.inbox({ path: "/inbox", ifExists: "rename" })
  const listener = yield* Transport.listen({ host: "127.0.0.1", port: 4040 })
  yield* Effect.forkScoped(Stream.runDrain(Inbox.receiveAll(listener, inbox)))

  const session = yield* Transport.connect(listener.local)
  const sending = yield* Effect.fork(Outbox.sendText(session, "x".repeat(100), { fragmentSize: 10 }))
  yield* TestClock.adjust("1 minute")
  const sent = yield* Fiber.join(sending)
  console.log(`retransmitted: ${sent.fragments.repeatedNumbers.join(" ")}; ${sent.durationMillis} ms of virtual time`)
})

const script = [3, 6, 9].map((sequenceNumber) => ({
  kind: "DAT",
  sequenceNumber,
  direction: "sent",
  nth: 1,
  fate: "drop"
}))
const network = Faults.layer({ seed: 1, script }).pipe(Layer.provide(SocketMemory.layer()))
const wire = Layer.provide(Classic.layer(), Layer.merge(network, Crc.Crc.layer))
const services = Layer.mergeAll(wire, StorageMemory.layer(new Map()), TestContext.TestContext)

Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(services)))
