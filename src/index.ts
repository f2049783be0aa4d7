/**
 * Holub as a library: messages, files and streams over UDP, between Effect programs. This entry is platform-free: `holub/node`
 * has the layers for Node, `holub/classic` and `holub/flock` are the wires, `holub/testing` has a network and a disk in memory,
 * and `holub/platform` sockets of `@effect/platform` and framings of messages over them. The tests run every example.
 *
 * **1. A session.** A wire is a layer of `Transport`; it needs the services of a platform. `listen` accepts sessions, `connect`
 * opens one, and both end with their scope. A Router leads each message that arrives to the handler of its kind.
 *
 * ```ts
 * import { Effect, Layer, Schema, Stream } from "effect"
 * import { Router, Service, Transport } from "holub"
 * import * as Flock from "holub/flock"
 * import * as HolubNode from "holub/node"
 *
 * const Sum = Service.make("sum", { message: Schema.Array(Schema.Number), receipt: Schema.Number })
 * const adding = Service.handler(Sum, ({ message }) => Effect.succeed(message.reduce((sum, term) => sum + term, 0)))
 *
 * const program = Effect.gen(function*() {
 *   const listener = yield* Transport.listen({ host: "127.0.0.1", port: 0 })
 *   yield* Effect.forkScoped(Stream.runDrain(Router.run(listener, [adding])))
 *   const session = yield* Transport.connect(listener.local)
 *   console.log(yield* Service.call(session, Sum, [19, 23])) // 42
 * })
 *
 * const services = Layer.provide(Flock.layer(), HolubNode.layer)
 * await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(services)))
 * ```
 *
 * **2. Errors.** Every failure of every wire is a `SessionError` with a `reason`. What a wire cannot do fails with `Unsupported`
 * before anything is sent.
 *
 * ```ts
 * import { Effect, Layer, Stream } from "effect"
 * import { Transport } from "holub"
 * import * as Classic from "holub/classic"
 * import * as HolubNode from "holub/node"
 *
 * const program = Effect.gen(function*() {
 *   const { local } = yield* Transport.listen({ host: "127.0.0.1", port: 0 })
 *   const session = yield* Transport.connect(local)
 *   const refused = session.send({ kind: "sum", metadata: [19, 23], body: () => Stream.empty })
 *   yield* Effect.catchTag(refused, "SessionError", ({ message, reason }) => Effect.sync(() => {
 *     console.log(reason) // Unsupported
 *     console.log(message) // the classic wire carries texts and files only, not "sum"
 *   }))
 * })
 *
 * const services = Layer.provide(Classic.layer(), HolubNode.layer)
 * await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(services)))
 * ```
 *
 * **3. Files and texts.** `Outbox` sends them, `Inbox` receives them into a directory. The sender succeeds when the receiver has
 * the file safely on its disk. Here the network, the keys and the disk are in memory, so that the program needs no cleaning up.
 *
 * ```ts
 * import { Effect, Layer, Stream } from "effect"
 * import { Inbox, Outbox, Storage, Transport } from "holub"
 * import * as Flock from "holub/flock"
 * import * as HolubNode from "holub/node"
 * import { NetworkMemory, StorageMemory } from "holub/testing"
 *
 * const disk: StorageMemory.Disk = new Map([["/home/notes.txt", new TextEncoder().encode("coo")]])
 *
 * const program = Effect.gen(function*() {
 *   const storage = yield* Storage.Storage
 *   const inbox = yield* storage.inbox({ path: "/inbox", ifExists: "rename" })
 *   const listener = yield* Transport.listen({ host: "192.0.2.1", port: 4040 })
 *   yield* Effect.forkScoped(Stream.runDrain(Inbox.receiveAll(listener, inbox)))
 *
 *   const session = yield* Transport.connect(listener.local)
 *   const sent = yield* Outbox.sendFile(session, yield* storage.source("/home/notes.txt"))
 *   console.log(sent.size) // 3
 *   console.log(new TextDecoder().decode(disk.get("/inbox/notes.txt"))) // coo
 * })
 *
 * const keys = HolubNode.NodeSecurity.layerMemory({ acceptNew: true })
 * const wire = Layer.provide(Flock.layer(), Layer.merge(NetworkMemory.layer(), keys))
 * const services = Layer.merge(wire, StorageMemory.layer(disk))
 * await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(services)))
 * ```
 *
 * **4. Keys.** Sessions of flock are encrypted, and both sides have proved their keys. A server has a host key; a client that has an
 * identity shows it, others are anonymous. The `Keyring` has the keys and decides which ones to trust: `HolubNode.layer` keeps them in the
 * folder of the user, `HolubNode.NodeSecurity` in a folder of the program or in memory. `Transport.connect` shows how a program decides
 * about the key of a new server. A handler finds the key of its caller in `peer`; here it answers those that it knows.
 *
 * ```ts
 * import { Effect, Layer, Schema } from "effect"
 * import { Channel, Crypto, KeyText, Router, Service } from "holub"
 * import * as Flock from "holub/flock"
 * import * as HolubNode from "holub/node"
 * import { NetworkMemory } from "holub/testing"
 *
 * class Door extends Channel.Tag<Door>()("door", { open: { message: Schema.Struct({}), receipt: Schema.String } }) {}
 *
 * const members = new Map([["hk1co7e72xk6icmp7jtld6jyadsdca5c5bhqeuce7wgotzx677jpnwq63jf", "Zuzana"]])
 * const door = Effect.map(Crypto.Crypto, (crypto) =>
 *   Channel.serve(Door, {
 *     open: ({ peer }) => {
 *       const name = peer.publicKey && members.get(KeyText.encode(crypto, peer.publicKey))
 *       return name === undefined
 *         ? new Service.Refusal({ reason: "NotMember", message: "only members enter" })
 *         : Effect.succeed(`come in, ${name}`)
 *     }
 *   }))
 *
 * const place = { host: "192.0.2.1", port: 4040 }
 * const server = Layer.unwrapEffect(Effect.map(door, (handler) => Router.layer(place, [handler])))
 * const program = Effect.gen(function*() {
 *   const { open } = yield* Door
 *   console.log(yield* open({})) // come in, Zuzana
 * })
 *
 * // A program keeps the private key in a file of its own: HolubNode.NodeSecurity.layer({ directory }).
 * const keys = HolubNode.NodeSecurity.layerMemory({ acceptNew: true, identity: new Uint8Array(32).fill(7) })
 * const services = Layer.provideMerge(Flock.layer(), Layer.merge(NetworkMemory.layer(), keys))
 * const all = Layer.provide(Layer.merge(server, Channel.layer(Door, place)), services)
 * await Effect.runPromise(Effect.provide(program, all))
 * ```
 *
 * **5. Observation.** Sessions and transfers are Effect metrics, spans and log lines: provide `Metrics.layer` and
 * `Diagnostics.layer` beside the wire. `EventBus` has the events behind them.
 *
 * @module
 */
export * as Address from "./net/Address.ts"
export * as Crc from "./net/Crc.ts"
export * as Socket from "./net/Socket.ts"
export * as Tcp from "./net/Tcp.ts"
export * as Aead from "./security/Aead.ts"
export * as Crypto from "./security/Crypto.ts"
export * as Keyring from "./security/Keyring.ts"
export * as KeyringMemory from "./security/KeyringMemory.ts"
export * as KeyText from "./security/KeyText.ts"
export * as KeyWords from "./security/KeyWords.ts"
export * as FileName from "./storage/FileName.ts"
export * as PartialFiles from "./storage/PartialFiles.ts"
export * as Storage from "./storage/Storage.ts"
export * as Diagnostics from "./telemetry/Diagnostics.ts"
export * as EventBus from "./telemetry/EventBus.ts"
export * as Events from "./telemetry/Events.ts"
export * as Metrics from "./telemetry/Metrics.ts"
export type * as TransportEvents from "./telemetry/TransportEvents.ts"
export * as Channel from "./transfer/Channel.ts"
export { ChannelError, ChannelReason } from "./transfer/ChannelError.ts"
export * as Inbox from "./transfer/Inbox.ts"
export * as Outbox from "./transfer/Outbox.ts"
export * as Router from "./transfer/Router.ts"
export * as Service from "./transfer/Service.ts"
export { SessionError, SessionReason } from "./transport/SessionError.ts"
export type { PeerStream, SessionStream } from "./transport/SessionStream.ts"
export * as Transport from "./transport/Transport.ts"
