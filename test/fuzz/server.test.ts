/**
 * A whole server on a network and a disk in memory, with any datagrams: no datagram makes it fail, no file is created
 * outside of its inbox, and received messages equal the sent ones. A script is a list of steps of three peers, 0 to 2:
 *
 *     0:file:10:6e616d65:636f6e74656e74  1:text:4:c5be  2:raw:00ff  0:kpa  0:fin  wait:3000
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as TestContext from "effect/TestContext"
import * as FastCheck from "fast-check"
import { createHash } from "node:crypto"
import { Crc } from "../../src/net/Crc.ts"
import { Socket } from "../../src/net/Socket.ts"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import * as Fragments from "../../src/protocol/classic/Fragments.ts"
import * as FileName from "../../src/storage/FileName.ts"
import { Storage } from "../../src/storage/Storage.ts"
import * as StorageMemory from "../../src/storage/StorageMemory.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import { type InboxEvent, receiveAll } from "../../src/transfer/Inbox.ts"
import * as ClassicTransport from "../../src/transport/classic/ClassicTransport.ts"
import { listen } from "../../src/transport/Transport.ts"
import { datagramOf, none } from "../protocol/classic/frames.ts"
import { datagrams, fromHex, toHex } from "./datagrams.ts"
import { ensure, fuzz } from "./fuzzing.ts"
import { texts } from "./texts.ts"

type Script = ReadonlyArray<string>

const server = { host: "127.0.0.1", port: 4040 }
const { dat, fin, inf, kpa } = Frame.Kind

/** The frames of a message, fragmented as the existing programs do. */
const framesOf = (mark: "T" | "F", size: number, name: Uint8Array, content: Uint8Array): ReadonlyArray<Uint8Array> => {
  const pieces = [...(name.length > 0 ? Fragments.cut(name, size) : []), ...Fragments.cut(content, size)]
  const header = { fragmentCount: pieces.length, fragmentSize: size + 13 }
  const nameFragments = Math.ceil(name.length / size)
  return [
    datagramOf({ ...header, sequenceNumber: nameFragments, kind: inf }, Buffer.from(mark)),
    ...pieces.map((piece, index) => datagramOf({ ...header, sequenceNumber: index + 1, kind: dat }, piece))
  ]
}

const control = (kind: Frame.Kind): Uint8Array =>
  datagramOf({ sequenceNumber: 0, fragmentCount: 0, fragmentSize: 13, kind }, none)

const datagramsOf = (words: ReadonlyArray<string>): ReadonlyArray<Uint8Array> => {
  const [verb, first = "", second = "", third = ""] = words
  if (verb === "file") return framesOf("F", Number(first), fromHex(second), fromHex(third))
  if (verb === "text") return framesOf("T", Number(first), none, fromHex(second))
  if (verb === "raw") return [fromHex(first)]
  ensure(verb === "kpa" || verb === "fin", `unknown step: ${words.join(":")}`)
  return [control(verb === "kpa" ? kpa : fin)]
}

/** Runs all fibers that are ready without advancing the time; the test clock's own method takes milliseconds. */
const turn = Effect.promise(() => new Promise((resolve) => void setImmediate(resolve)))

const play = (script: Script, disk: StorageMemory.Disk) =>
  Effect.gen(function*() {
    const events: Array<InboxEvent> = []
    const socket = yield* Socket
    const listener = yield* listen(server)
    const inbox = yield* Effect.flatMap(Storage, (storage) => storage.inbox({ path: "/in", ifExists: "rename" }))
    yield* Effect.forkScoped(
      Stream.runForEach(receiveAll(listener, inbox), (event) => Effect.sync(() => void events.push(event)))
    )
    const peers = yield* Effect.forEach([1, 2, 3], (port) =>
      socket.bind({ host: "127.0.0.1", port }, { onRun: () => undefined, onError: () => undefined }))
    for (const step of script) {
      const [peer, ...words] = step.split(":")
      for (const datagram of peer === "wait" ? [] : datagramsOf(words)) {
        peers[Number(peer)]?.send(server, undefined, (target) => {
          target.set(datagram)
          return datagram.length
        })
        yield* turn
      }
      if (peer === "wait") {
        yield* TestClock.adjust(Number(words[0]))
      }
    }
    // Longer than any peer is remembered. Digests are computed in threads, independent of the test clock, so several
    // advances may be necessary.
    const hasEnded = () =>
      countOf(events, "Connected") === countOf(events, "Disconnected")
    const advance = Effect.all([turn, TestClock.adjust("100 seconds"), TestClock.adjust("10 millis")], {
      discard: true
    })
    yield* Effect.repeat(advance, { until: hasEnded, times: 20 })
    return { events, counters: listener.counters() }
  }).pipe(
    Effect.scoped,
    Effect.provide(ClassicTransport.layer()),
    Effect.provide(Layer.mergeAll(SocketMemory.layer(), Crc.layer, StorageMemory.layer(disk), TestContext.TestContext))
  )

const countOf = (events: ReadonlyArray<InboxEvent>, tag: InboxEvent["_tag"]): number =>
  events.filter(({ _tag }) => _tag === tag).length

const digest = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex")

/** The digests of all sent messages; undefined if raw datagrams may be messages too. */
const digestsOf = (script: Script): ReadonlySet<string> | undefined => {
  const words = script.map((step) => step.split(":"))
  if (words.some(([, verb]) => verb === "raw")) return undefined
  return new Set(words.map((some) => digest(fromHex((some[1] === "file" ? some[4] : some[3]) ?? ""))))
}

const names = FastCheck.oneof(texts.map((name) => Buffer.from(name)), FastCheck.uint8Array({ maxLength: 20 })).filter(
  ({ length }) => length <= 400
)
const sizes = FastCheck.constantFrom(1, 4, 13, 100, 1445)
const contents = FastCheck.oneof(
  FastCheck.uint8Array({ maxLength: 30 }),
  texts.map((text) => Buffer.from(text).subarray(0, 30))
)
const verbs = FastCheck.oneof(
  FastCheck.tuple(sizes, names, contents).map(([size, name, content]) =>
    `file:${size}:${toHex(name)}:${toHex(content)}`
  ),
  FastCheck.tuple(sizes, contents).map(([size, content]) => `text:${size}:${toHex(content)}`),
  datagrams.filter((hex) => hex.length <= 2000).map((hex) => `raw:${hex}`),
  FastCheck.constantFrom("kpa", "fin", "kpa", "text:4:616263", "file:4:61:62")
)
const steps = FastCheck.oneof(
  { weight: 6, arbitrary: FastCheck.tuple(FastCheck.nat(2), verbs).map((words) => words.join(":")) },
  { weight: 1, arbitrary: FastCheck.constantFrom(1, 3000, 20_000, 45_000).map((millis) => `wait:${millis}`) }
)

fuzz("a server", {
  corpus: "serverScripts",
  inputs: FastCheck.array(steps, { minLength: 1, maxLength: 10, size: "max" }),
  runs: 30,
  holds: async (script) => {
    const disk: StorageMemory.Disk = new Map()
    const { counters, events } = await Effect.runPromise(play(script, disk))
    ensure(counters.defects === 0 && counters.errors === 0 && counters.turnedAway === 0, "the server has failed")
    const connected = new Map<number, number>()
    const digests = digestsOf(script)
    for (const event of events) {
      // A peer may reconnect before the last file of its first connection is published.
      const { port } = "peer" in event ? event.peer : event.message.peer
      const change = event._tag === "Connected" ? 1 : event._tag === "Disconnected" ? -1 : 0
      ensure(change === 1 || (connected.get(port) ?? 0) > 0, `${event._tag} of a peer that is not connected`)
      connected.set(port, (connected.get(port) ?? 0) + change)
      if (event._tag === "Refused") {
        ensure(["UnsafeName", "NoSpace"].includes(event.error.reason), () => String(event.error))
      }
      if (event._tag !== "Received") continue
      const { kind, path, sha256, size, text } = event.message
      ensure(
        (kind === "text") === (path === undefined) && (kind === "text") === (text !== undefined),
        "the kind does not match the path and the text"
      )
      ensure(digests === undefined || digests.has(sha256), "the received message was not sent")
      const file = path === undefined ? undefined : disk.get(path)
      ensure(
        path === undefined || (file?.length === size && digest(file) === sha256),
        "the file differs from the reported size or digest"
      )
    }
    ensure([...connected.values()].every((times) => times === 0), "a peer is never forgotten")
    for (const path of disk.keys()) {
      const name = path.slice("/in/".length)
      ensure(
        path.startsWith("/in/") && FileName.check(name)._tag === "Right",
        () => `the file ${path} has an unsafe path`
      )
      ensure(
        events.some((event) => event._tag === "Received" && event.message.path === path),
        "a file exists that was not reported"
      )
    }
  }
})
