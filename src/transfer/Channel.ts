/**
 * Typed messages: a channel is declared once, with the Schemas of its messages, their receipts and errors. `serve` is its
 * handler for a Router, `layer` its client, which connects when it is used and again when the session is over.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { SessionError } from "../transport/SessionError.ts"
import * as SharedSession from "../transport/SharedSession.ts"
import type { ConnectOptions } from "../transport/Transport.ts"
import { Transport } from "../transport/Transport.ts"
import type { Phase } from "./ChannelError.ts"
import { ChannelError, isRepeatable, ofSession } from "./ChannelError.ts"
import type { Handler } from "./Router.ts"
import * as Service from "./Service.ts"

/** One message of a channel. Message, receipt and error are JSON of at most `Limits.messageHeaderBytes` (8 KiB) each. */
export interface Declaration {
  readonly message: Schema.Schema.AnyNoContext
  readonly receipt: Schema.Schema.AnyNoContext
  /** The failures of the handler, which are failures of the call. Without it the handler has none of its own. */
  readonly error?: Schema.Schema.AnyNoContext
  /** Whether a body follows the message: a Stream of bytes, for content that is too long for a message. */
  readonly hasBody?: boolean
  /** The longest body in bytes; the handler's Stream ends after it, and the message is refused. Default: 16 MiB. */
  readonly mostBodyBytes?: number
  /**
   * Whether two deliveries of the message have the effect of one. Only then a call is repeated after a session has ended
   * before its receipt, or after its body has begun: the Stream of the body is then run again.
   */
  readonly isIdempotent?: boolean
}

/** The messages of a channel, by their names. */
export type Declarations = Readonly<Record<string, Declaration>>

/** A channel: its declaration, and the tag of its client. */
export interface Channel<Self, Messages extends Declarations> extends Context.Tag<Self, Client<Messages>> {
  readonly channel: string
  readonly messages: Messages
}

/** The errors that the handler of a message may fail with. */
export type Failure<Message extends Declaration> = Message extends { readonly error: infer E extends Schema.Schema.All }
  ? Schema.Schema.Type<E>
  : never

type MessageOf<Message extends Declaration> = Schema.Schema.Type<Message["message"]>
type ReceiptOf<Message extends Declaration> = Schema.Schema.Type<Message["receipt"]>

/** Sends a message, with the Stream of its body if it has one; succeeds with the handler's receipt. */
export type Method<Message extends Declaration> = Message extends { readonly hasBody: true } ? <E = never>(
    message: MessageOf<Message>,
    body: Stream.Stream<Uint8Array, E>
  ) => Effect.Effect<ReceiptOf<Message>, Failure<Message> | ChannelError | E>
  : (message: MessageOf<Message>) => Effect.Effect<ReceiptOf<Message>, Failure<Message> | ChannelError>

/** The client of a channel: a method for each message. A session carries 256 calls at a time; further ones wait. */
export type Client<Messages extends Declarations> = { readonly [Name in keyof Messages]: Method<Messages[Name]> }

/** The handlers of a channel: one for each message. */
export type Handlers<Messages extends Declarations, R = unknown> = {
  readonly [Name in keyof Messages]: (
    call: Service.Call<MessageOf<Messages[Name]>>
  ) => Effect.Effect<ReceiptOf<Messages[Name]>, Failure<Messages[Name]> | Service.Refusal | SessionError, R>
}

/** What the handlers require. */
export type Requirements<Handling> = Handling[keyof Handling] extends infer Each
  ? Each extends (call: never) => Effect.Effect<unknown, unknown, infer R> ? R : never
  : never

/**
 * Declares a channel.
 *
 * @example
 * ```ts
 * import { Effect, Layer, Schema } from "effect"
 * import { Channel, Router } from "holub"
 * import * as Flock from "holub/flock"
 * import * as HolubNode from "holub/node"
 * import { NetworkMemory } from "holub/testing"
 *
 * class SoldOut extends Schema.TaggedError<SoldOut>()("SoldOut", { left: Schema.Int }) {}
 *
 * class Shop extends Channel.Tag<Shop>()("shop", {
 *   order: { message: Schema.Struct({ pieces: Schema.Int }), receipt: Schema.String, error: SoldOut }
 * }) {}
 *
 * const server = Router.layer({ host: "192.0.2.1", port: 4040 }, [
 *   Channel.serve(Shop, {
 *     order: ({ message: { pieces } }) => pieces > 3 ? new SoldOut({ left: 3 }) : Effect.succeed(`${pieces} on their way`)
 *   })
 * ])
 * const client = Channel.layer(Shop, { host: "192.0.2.1", port: 4040 })
 *
 * const program = Effect.gen(function*() {
 *   const shop = yield* Shop
 *   console.log(yield* shop.order({ pieces: 2 })) // 2 on their way
 *   yield* Effect.catchTag(shop.order({ pieces: 9 }), "SoldOut", ({ left }) => Effect.sync(() => {
 *     console.log(left) // 3
 *   }))
 * })
 *
 * const keys = HolubNode.NodeSecurity.layerMemory({ acceptNew: true })
 * const wire = Layer.provide(Flock.layer(), Layer.merge(NetworkMemory.layer(), keys))
 * await Effect.runPromise(Effect.provide(program, Layer.provide(Layer.merge(server, client), wire)))
 * ```
 */
export const Tag = <Self>() =>
<const Name extends string, const Messages extends Declarations>(
  name: Name,
  messages: Messages
): Context.TagClass<Self, Name, Client<Messages>> & Channel<Self, Messages> =>
  Object.assign(Context.Tag(name)<Self, Client<Messages>>(), { channel: name, messages })

type AnyService = Service.Service<unknown, unknown, unknown, unknown, unknown, unknown>

/** The service of each message. Its kind is `channel/name`. */
const servicesOf = (
  { channel, messages }: Channel<never, Declarations>
): ReadonlyArray<readonly [name: string, service: AnyService, isIdempotent: boolean]> =>
  Object.entries(messages).map(([name, { isIdempotent = false, ...declaration }]) => [
    name,
    Service.make<unknown, unknown, unknown, unknown, unknown, unknown>(`${channel}/${name}`, declaration),
    isIdempotent
  ])

/** Options of a server of a channel. */
export interface ServeOptions {
  /**
   * Handlers that run at the same time, at least one; further messages wait, and their bodies with them. Default: 256 a
   * session.
   */
  readonly concurrency?: number
}

/**
 * The Router's handler of a channel. A message that does not match its Schema is refused with the reason, and no handler
 * runs. A handler's failure and receipt are sent to the caller; of a defect it gets no details. Options out of their range
 * throw a RangeError.
 */
export const serve = <Self, Messages extends Declarations, const Handling extends Handlers<Messages>>(
  channel: Channel<Self, Messages>,
  handlers: Handling,
  { concurrency }: ServeOptions = {}
): Handler<never, Requirements<Handling>> => {
  if (concurrency !== undefined && !(concurrency >= 1)) {
    throw new RangeError(`concurrency must be at least 1, not ${concurrency}`)
  }
  const permits = concurrency === undefined ? undefined : Effect.unsafeMakeSemaphore(concurrency)
  const routes = new Map(
    servicesOf(channel as never).map(([name, service]) => {
      const handle = handlers[name] as Handlers<Declarations, Requirements<Handling>>[string]
      const limited = (call: Service.Call<unknown>) =>
        permits === undefined ? handle(call) : permits.withPermits(1)(Effect.suspend(() => handle(call)))
      return [service.kind, Service.handler(service, limited)]
    })
  )
  return {
    kinds: [...routes.keys()],
    handle: (incoming, context) => routes.get(incoming.kind)?.handle(incoming, context) ?? Stream.empty
  }
}

/** Options of a client of a channel. */
export interface ClientOptions extends ConnectOptions {
  /**
   * The delays between the attempts of one call. A call is repeated while no session can be opened, and when its session
   * has ended before the message was delivered; after that only if the message is idempotent. Default: `schedule`.
   */
  readonly schedule?: Schedule.Schedule<unknown>
}

/** From 100 ms on, each delay half as long again up to 5 s, for half a minute: a server has restarted in that time. */
export const schedule: Schedule.Schedule<unknown> = Schedule.exponential("100 millis", 1.5).pipe(
  Schedule.union(Schedule.spaced("5 seconds")),
  Schedule.jittered,
  Schedule.upTo("30 seconds")
)

/** A client of a channel, until the scope closes. It connects with its first call; all calls share one session. */
export const client = <Self, Messages extends Declarations>(
  channel: Channel<Self, Messages>,
  { schedule: delays = schedule, ...where }: ClientOptions
): Effect.Effect<Client<Messages>, never, Transport | Scope.Scope> =>
  Effect.gen(function*() {
    const { plan } = yield* Transport
    const shared = yield* SharedSession.make(where)
    const methods = servicesOf(channel as never).map(([name, service, isIdempotent]) => {
      const { kind } = service
      const call = <E>(message: unknown, body: Stream.Stream<Uint8Array, E> = Stream.empty) =>
        Effect.suspend(() => {
          let phase: Phase = "connecting"
          const boxed = () => {
            phase = "sent"
            return Stream.mapError(body, (error) => new BodyFailure(error))
          }
          const attempt = Effect.suspend(() => {
            phase = "connecting"
            // A wire without typed messages is not connected at all.
            return Effect.zipRight(plan({ kind, body: () => Stream.empty }), shared.get)
          }).pipe(
            Effect.flatMap((session) => {
              phase = "waiting"
              return Service.call(session, service, message, boxed)
            }),
            Effect.mapError((error) => error instanceof SessionError ? ofSession(kind, phase, error) : error)
          )
          // A Stream that has begun may have lost its first bytes to the attempt.
          const canBegin = () => isIdempotent || !service.hasBody || phase !== "sent"
          const isAgain = (error: unknown) =>
            error instanceof ChannelError && isRepeatable(error, isIdempotent) && canBegin()
          return Effect.mapError(
            Effect.retry(attempt, { schedule: delays, while: isAgain }),
            (error) => error instanceof BodyFailure ? error.error : error
          )
        })
      return [name, call]
    })
    return Object.fromEntries(methods) as Client<Messages>
  })

/** The failure of a caller's own body, which may be of any type. */
class BodyFailure<E> {
  readonly error: E

  constructor(error: E) {
    this.error = error
  }
}

/** The client of a channel as a layer of its tag. */
export const layer = <Self, Messages extends Declarations>(
  channel: Channel<Self, Messages>,
  options: ClientOptions
): Layer.Layer<Self, never, Transport> => Layer.scoped(channel, client(channel, options))
