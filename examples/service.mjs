// Defines a service with a typed message and a typed receipt; messages of other kinds are refused with a reason.
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { Router, Service, Transport } from "holub"
import * as Flock from "holub/flock"
import * as HolubNode from "holub/node"

const Sum = Service.make("sum", {
  message: Schema.Struct({ terms: Schema.Array(Schema.Number) }),
  receipt: Schema.Number
})
const adding = Service.handler(Sum, ({ message }) => Effect.succeed(message.terms.reduce((sum, term) => sum + term, 0)))

const program = Effect.gen(function*() {
  const listener = yield* Transport.listen({ host: "127.0.0.1", port: 0 })
  yield* Effect.forkScoped(Stream.runDrain(Router.run(listener, [adding])))

  const session = yield* Transport.connect(listener.local)
  console.log(yield* Service.call(session, Sum, { terms: [19, 23] }))
})

const services = Layer.provide(Flock.layer(), HolubNode.layer)

Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(services)))
