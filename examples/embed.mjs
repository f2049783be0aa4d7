// Sends a text from a client to a server in one Effect program, over UDP on this machine.
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Endpoint, Inbox, Outbox, Storage } from "holub"
import * as HolubNode from "holub/node"

const program = Effect.gen(function*() {
  const storage = yield* Storage.Storage
  const inbox = yield* storage.inbox({ path: "./inbox", ifExists: "rename" })
  const listener = yield* Endpoint.listen({ host: "127.0.0.1", port: 0 })
  yield* Effect.forkScoped(
    Stream.runForEach(
      Inbox.receiveAll(listener, inbox),
      (event) => event._tag === "Received" ? Effect.log(`received: ${event.message.text}`) : Effect.void
    )
  )

  const connection = yield* Endpoint.connect(listener.local)
  const sent = yield* Outbox.sendText(connection, "Holub letí.", { fragmentSize: 1445 })
  yield* Effect.log(`delivered in ${Math.round(sent.durationMillis)} ms`)
})

Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(HolubNode.layer)))
