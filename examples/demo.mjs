// A server and a client in one program, over either wire, with a faulty network in between: 2 % of all datagrams are
// lost and 1 % damaged. A text and a file of 2 MiB are sent; the program prints the retransmissions and compares the
// hashes.
//
//   npm run demo            the same faults in every run
//   npm run demo -- 42      other faults: the argument is the seed
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Crc, Inbox, Outbox, Storage, Transport } from "holub"
import * as Classic from "holub/classic"
import * as Flock from "holub/flock"
import * as HolubNode from "holub/node"
import { Faults } from "holub/testing"
import { randomBytes } from "node:crypto"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

const seed = Number(process.argv[2] ?? 1)
/** The wires, and how the two messages are cut: flock has no fragments, but datagrams as large as those of an Ethernet. */
const wires = [
  { name: "flock", layer: Flock.layer({ maxDatagramBytes: 1472 }), text: {}, file: {} },
  { name: "classic", layer: Classic.layer(), text: { fragmentSize: 4 }, file: { fragmentSize: 1445 } }
]
const print = (line) => Effect.sync(() => console.log(line))

/** The client's network, which counts its faults. */
const faultyNetwork = (faults) =>
  Faults.layer({
    seed,
    loss: 0.02,
    damage: 0.01,
    onFault: ({ fate }) => {
      if (fate === "drop") faults.lost++
      if (fate === "damage") faults.damaged++
    }
  })

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "holub-demo-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true }))
)

/** Serves until the client has left; succeeds with the received messages. */
const server = (inbox, listening) =>
  Effect.gen(function*() {
    const listener = yield* Transport.listen({ host: "127.0.0.1", port: 0 })
    yield* Deferred.succeed(listening, listener.local)
    return yield* Inbox.receiveAll(listener, inbox).pipe(
      Stream.takeUntil((event) => event._tag === "Disconnected"),
      Stream.filter((event) => event._tag === "Received"),
      Stream.map((event) => event.message),
      Stream.runCollect
    )
  })

const client = (address, path, wire) =>
  Effect.gen(function*() {
    const storage = yield* Storage.Storage
    const source = yield* storage.source(path)
    const session = yield* Transport.connect(address)
    const text = yield* Outbox.sendText(session, "Holub letí. The pigeon flies.", wire.text)
    const file = yield* Outbox.sendFile(session, source, wire.file)
    return [text, file]
  })

const show = (sent, received) =>
  Effect.gen(function*() {
    const what = sent.kind === "text" ? `text "${received.text}"` : `file ${sent.name}`
    const cut = sent.fragments === undefined ? "" : ` in ${sent.fragments.count} fragments`
    yield* print("")
    yield* print(`${what}: ${sent.size} bytes${cut}, ${Math.round(sent.durationMillis)} ms`)
    if (sent.fragments === undefined) yield* print(`  retransmitted:          ${sent.retransmissions} packets`)
    else {
      const shown = sent.fragments.repeatedNumbers.slice(0, 20).join(" ")
      const rest = sent.fragments.repeatedNumbers.length > 20 ? " …" : ""
      yield* print(
        `  retransmitted:          ${sent.retransmissions} frames${shown === "" ? "" : ` (DAT ${shown}${rest})`}`
      )
      yield* print(`  damaged on arrival:     ${received.damaged} frames, each answered by NACK`)
      yield* print(`  duplicates:             ${received.duplicates} frames, each delivered once`)
    }
    yield* print(`  SHA-256 sent            ${sent.sha256}`)
    yield* print(
      `  SHA-256 received        ${received.sha256}  ${sent.sha256 === received.sha256 ? "equal" : "DIFFERENT"}`
    )
  })

const demo = (wire, file, inboxPath) =>
  Effect.gen(function*() {
    const storage = yield* Storage.Storage
    const inbox = yield* storage.inbox({ path: inboxPath, ifExists: "rename" })
    const listening = yield* Deferred.make()
    const serving = yield* Effect.forkScoped(Effect.provide(server(inbox, listening), wire.layer))
    const address = yield* Deferred.await(listening)
    yield* print(
      `${wire.name}: the server listens at ${address.host}:${address.port}; the network loses 2 % and damages 1 % (seed ${seed})`
    )

    const faults = { lost: 0, damaged: 0 }
    const network = Layer.merge(faultyNetwork(faults), Layer.effect(Crc.Crc, Crc.Crc))
    const sent = yield* Effect.scoped(client(address, file, wire)).pipe(
      Effect.provide(Layer.provide(wire.layer, network))
    )
    const received = Array.from(yield* serving.await.pipe(Effect.flatten))
    for (const [index, message] of sent.entries()) yield* show(message, received[index])
    yield* print("")
    yield* print(
      `the network lost ${faults.lost} and damaged ${faults.damaged} datagrams; the received files are not affected`
    )
    const isEqual = sent.length === received.length &&
      sent.every(({ sha256 }, index) => sha256 === received[index].sha256)
    if (!isEqual) yield* Effect.dieMessage("the received content differs from the sent content")
  })

const demos = Effect.gen(function*() {
  const path = yield* folder
  const file = join(path, "pigeon.bin")
  yield* Effect.promise(() => writeFile(file, randomBytes(2 * 1024 * 1024)))
  for (const [index, wire] of wires.entries()) {
    if (index > 0) yield* print("")
    yield* Effect.scoped(demo(wire, file, join(path, wire.name)))
  }
})

Effect.runPromise(Effect.scoped(demos).pipe(Effect.provide(HolubNode.layer)))
