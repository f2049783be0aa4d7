// Sends a text from a client to a server in one Effect program, over UDP on this machine.
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Inbox, Outbox, Storage, Transport } from "holub"
import * as Flock from "holub/flock"
import * as HolubNode from "holub/node"

const program = Effect.gen(function*() {
  const storage = yield* Storage.Storage
  const inbox = yield* storage.inbox({ path: "./inbox", ifExists: "rename" })
  const listener = yield* Transport.listen({ host: "127.0.0.1", port: 0 })
  const received = Inbox.receiveAll(listener, inbox).pipe(
    Stream.filter((event) => event._tag === "Received"),
    Stream.runHead
  )
  const receiving = yield* Effect.forkScoped(Effect.flatten(received))

  const session = yield* Transport.connect(listener.local)
  const sent = yield* Outbox.sendText(session, "Holub letí.")
  yield* Effect.log(`delivered in ${Math.round(sent.durationMillis)} ms`)
  const { message } = yield* Fiber.join(receiving)
  yield* Effect.log(`received: ${message.text}`)
})

const services = Layer.provideMerge(Flock.layer(), HolubNode.layer)

Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(services)))
