// Typed messages: a channel is declared once, served by handlers, and called by a client that connects by itself.
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { Channel, Router } from "holub"
import * as Flock from "holub/flock"
import * as HolubNode from "holub/node"

class SoldOut extends Schema.TaggedError()("SoldOut", { left: Schema.Int }) {}

class Shop extends Channel.Tag()("shop", {
  order: { message: Schema.Struct({ pieces: Schema.Int }), receipt: Schema.String, error: SoldOut },
  photo: { message: Schema.Struct({ of: Schema.String }), receipt: Schema.Int, hasBody: true, isIdempotent: true }
}) {}

const handlers = Channel.serve(Shop, {
  order: ({ message }) =>
    message.pieces > 3 ? new SoldOut({ left: 3 }) : Effect.succeed(`${message.pieces} on their way`),
  photo: ({ body }) => Stream.runFold(body, 0, (bytes, block) => bytes + block.length)
})

const program = Effect.gen(function*() {
  const shop = yield* Shop
  console.log(yield* shop.order({ pieces: 2 }))
  const answer = Effect.catchTag(shop.order({ pieces: 9 }), "SoldOut", ({ left }) => Effect.succeed(`${left} are left`))
  console.log(yield* answer)
  console.log(yield* shop.photo({ of: "a pigeon" }, Stream.make(new Uint8Array(100_000))))
})

const server = Router.layer({ host: "127.0.0.1", port: 0 }, [handlers])
// On another machine the client is Channel.layer(Shop, { host, port, key }), with the address and the public key of the server.
const schedule = Schedule.intersect(Schedule.exponential("100 millis"), Schedule.recurs(8))
const client = Layer.unwrapEffect(Effect.map(Router.Server, ({ local }) => Channel.layer(Shop, { ...local, schedule })))
const wire = Layer.provide(Flock.layer(), HolubNode.layer)

Effect.runPromise(Effect.provide(program, client.pipe(Layer.provide(server), Layer.provide(wire))))
