/** Rooms behind a listener of sockets, and clients that connect to them as programs do, for every kind of socket. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { type AnyApp, type App, close, define, tell, tellAll } from "../../src/apps/App.ts"
import type { Room } from "../../src/conversation/Room.ts"
import * as Rooms from "../../src/conversation/Rooms.ts"
import * as SocketListener from "../../src/conversation/SocketListener.ts"
import type { SocketListenerOptions } from "../../src/conversation/SocketListener.ts"
import { Tcp, type TcpConnection, type TcpShape } from "../../src/net/Tcp.ts"
import * as NodeCrypto from "../../src/node/security/NodeCrypto.ts"
import type { Framing } from "../../src/protocol/framing/Framing.ts"
import * as EventBus from "../../src/telemetry/EventBus.ts"
import type { ServiceEvent } from "../../src/telemetry/ServiceEvents.ts"
import * as TcpSockets from "../../src/transport/platform/TcpSockets.ts"
import type { SessionStream } from "../../src/transport/SessionStream.ts"

/** A program at the other end of a connection. */
export interface Caller {
  readonly write: (bytes: Uint8Array) => Effect.Effect<void>
  readonly finish: Effect.Effect<void>
  readonly reset: Effect.Effect<void>
  /** What it has received, and how the connection ended, if it has: `end`, `reset`. */
  readonly received: () => Uint8Array
  readonly receivedBytes: () => number
  readonly end: () => "end" | "reset" | undefined
  /** From now on it reads nothing; `resume` ends that. */
  readonly pause: () => void
  readonly resume: () => void
}

/** Blocks that are joined when they are read. */
const joining = () => {
  let blocks: Array<Uint8Array> = []
  let count = 0
  return {
    push: (bytes: Uint8Array): void => {
      blocks.push(bytes)
      count += bytes.length
    },
    count: () => count,
    all: (): Uint8Array => {
      const all = Buffer.concat(blocks)
      blocks = [all]
      return all
    }
  }
}

/** A network with a server on it. */
export interface World {
  readonly name: string
  readonly transport: "tcp" | "session"
  /** Leads connections to the room until the scope ends, and connects to it. */
  readonly serve: (
    room: Room,
    options: Omit<SocketListenerOptions, "transport">
  ) => Effect.Effect<Effect.Effect<Caller, unknown, Scope.Scope>, unknown, Scope.Scope>
  /** Lets what is on its way arrive until the condition is true. */
  readonly until: (condition: () => boolean) => Effect.Effect<void>
  /** Lets the time pass that an effect needs. */
  readonly passing: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** A program on a connection of TCP. */
export const onTcp = (connection: TcpConnection): Caller => {
  const blocks = joining()
  let end: "end" | "reset" | undefined
  connection.start({
    onBytes: (bytes) => blocks.push(bytes),
    onEnd: () => void (end ??= "end"),
    onDrain: () => undefined,
    onClose: (error) => void (end ??= error === undefined ? "end" : "reset")
  })
  return {
    write: (bytes) => Effect.sync(() => void connection.write(bytes)),
    finish: Effect.sync(() => connection.finish()),
    reset: Effect.sync(() => connection.reset()),
    received: () => blocks.all(),
    receivedBytes: () => blocks.count(),
    end: () => end,
    pause: () => connection.pause(),
    resume: () => connection.resume()
  }
}

/** Waits in turns of the event loop. */
const until = (condition: () => boolean): Effect.Effect<void> =>
  Effect.asVoid(Effect.repeat(
    Effect.async<boolean>((resume) => void setImmediate(() => resume(Effect.sync(condition)))),
    { until: (isTrue) => isTrue }
  ))

/** A server on TCP; its clients connect with `theirs`. With `bySockets`, the listener sees its interface of `@effect/platform` alone. */
export const tcpWorld = (name: string, tcp: TcpShape, theirs: TcpShape = tcp, bySockets = false): World => ({
  name,
  transport: "tcp",
  serve: (room, options) =>
    Effect.gen(function*() {
      const direct = yield* TcpSockets.server({ host: "127.0.0.1", port: 0 })
      const server = bySockets ? { address: direct.address, run: direct.run } : direct
      yield* Effect.forkScoped(SocketListener.serve(server, room, { ...options, transport: "tcp" }))
      const port = server.address._tag === "TcpAddress" ? server.address.port : 0
      return Effect.map(theirs.connect({ host: "127.0.0.1", port }), onTcp)
    }).pipe(Effect.provideService(Tcp, tcp)),
  until,
  passing: (effect) => effect
})

/** A program on a stream of a session. */
export const onStream = (stream: SessionStream): Effect.Effect<Caller, never, Scope.Scope> =>
  Effect.gen(function*() {
    const blocks = joining()
    let end: "end" | "reset" | undefined
    const reads = Effect.unsafeMakeLatch(true)
    const reading = Effect.repeat(
      Effect.map(Effect.zipRight(reads.await, stream.read()), (bytes) => {
        if (bytes !== undefined) blocks.push(bytes)
        return bytes !== undefined
      }),
      { while: (goesOn) => goesOn }
    )
    yield* Effect.forkScoped(Effect.matchEffect(reading, {
      onFailure: () => Effect.sync(() => void (end ??= "reset")),
      onSuccess: () => Effect.sync(() => void (end ??= "end"))
    }))
    return {
      write: (bytes) => Effect.ignore(stream.write(bytes)),
      finish: stream.finish,
      reset: Effect.zipRight(stream.reset(0), stream.stop(0)),
      received: () => blocks.all(),
      receivedBytes: () => blocks.count(),
      end: () => end,
      pause: () => reads.unsafeClose(),
      resume: () => reads.unsafeOpen()
    }
  })

/** The room of an app with a listener, its events, and callers whose messages have the framing. */
export const listenedRoom = (world: World, app: AnyApp, framing: Framing) =>
  Effect.gen(function*() {
    const events: Array<ServiceEvent> = []
    const bus = EventBus.make()
    yield* bus.listen((event) => {
      if (event._tag.startsWith("Service")) events.push(event as ServiceEvent)
    })
    const observed = Effect.provideService(EventBus.EventBus, bus)
    const room = yield* observed(Rooms.open(app))
    const connect = yield* observed(world.serve(room, { framing }))
    const codec = framing.open()
    /** A client; `says` writes a message, `told` is all that it has received as text. */
    const client = Effect.map(world.passing(connect), (caller) => {
      const write = (bytes: Uint8Array) => world.passing(caller.write(bytes))
      return {
        ...caller,
        write,
        told: () => Buffer.from(caller.received()).toString(),
        says: (text: string) => write(codec.encode({ bytes: Buffer.from(text) }) ?? new Uint8Array(0))
      }
    })
    return { room, events, client, until: world.until }
  }).pipe(Effect.provide(NodeCrypto.layer))

/** Why clients have left, in order. */
export const departures = (events: ReadonlyArray<ServiceEvent>): ReadonlyArray<string> =>
  events.flatMap((event) => event._tag === "ServiceDisconnected" ? [event.reason] : [])

/** Says each message to all. `bye` ends the client, `much` sends 240,000 bytes to all. */
const crowd: App<null, {}> = {
  name: "crowd",
  summary: "says each message to all",
  config: Schema.Struct({}),
  audience: "all",
  dialects: [{ transport: "tcp", framing: "lines", port: 9996 }],
  init: () => null,
  on: (state, input) => {
    if (input._tag === "Joined") return [state, [tell(input.member, `${input.member}`)]]
    if (input._tag !== "Said") return [state, []]
    const text = input.text ?? "?"
    if (text === "bye") return [state, [tell(input.member, "see you"), close(input.member)]]
    return [state, text === "much" ? Array.from({ length: 4 }, () => tellAll("x".repeat(60_000))) : [tellAll(text)]]
  },
  example: { steps: [] }
}

export const crowdApp: AnyApp = define(crowd)
