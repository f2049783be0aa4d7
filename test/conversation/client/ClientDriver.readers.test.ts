import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Mailbox from "effect/Mailbox"
import * as TestClock from "effect/TestClock"
import * as ClientDriver from "../../../src/conversation/client/ClientDriver.ts"
import type { ClientBytes } from "../../../src/conversation/client/ClientStream.ts"
import * as ReaderStreams from "../../../src/conversation/readers/ReaderStreams.ts"
import { RoomsClient } from "../../../src/protocol/conversation/client/RoomsClient.ts"
import { SessionError } from "../../../src/transport/SessionError.ts"
import { Random } from "../../simulation/Random.ts"
import { until } from "../links/linkedServer.ts"
import { readersWorld } from "../readers/readersWorld.ts"

const room = "hall"
const said = (text: string) => ({ kind: "said", body: { text }, re: undefined })

type Bytes = Mailbox.Mailbox<Uint8Array>

/** One end of a stream; after a cut neither end reads or writes. */
const end = (reading: Bytes, writing: Bytes): ClientBytes => ({
  read: () => Effect.orElseSucceed(reading.take, () => undefined),
  write: (block) =>
    Effect.flatMap(writing.offer(block), (isTaken) =>
      isTaken
        ? Effect.void
        : Effect.fail(new SessionError({ reason: "Lost", peer: "127.0.0.1:1", message: "the connection is cut" }))),
  finish: Effect.asVoid(writing.end),
  settled: Effect.void
})

/** A client of the hall of a server, whose connection the test cuts. */
const joined = (nick: string, readers: Effect.Effect.Success<ReturnType<typeof readersWorld>>["readers"]) =>
  Effect.gen(function*() {
    let cut = (): void => undefined
    let ports = 2000
    const recorded: Array<string> = []
    const client = new RoomsClient(`device of ${nick}`)
    client.openRoom(room, { last: 1000 })
    const driver = yield* ClientDriver.make(client, {
      servers: [{ name: "alpha", address: { host: "127.0.0.1", port: 1 }, key: undefined }],
      open: () =>
        Effect.gen(function*() {
          const [toServer, toClient] = [yield* Mailbox.make<Uint8Array>(), yield* Mailbox.make<Uint8Array>()]
          // What is on its way is lost.
          cut = () => {
            for (const one of [toServer, toClient]) {
              one.unsafeDone(Exit.void)
              Effect.runSync(one.clear)
            }
          }
          const peer = () => ({ host: "127.0.0.1", port: ++ports })
          const port = ReaderStreams.portOf({ ...end(toServer, toClient), peer } as never)
          yield* Effect.forkScoped(Effect.zipRight(readers.serve(port), toClient.end))
          return end(toClient, toServer)
        }),
      login: () => Effect.succeed({ as: "guest" as const, nick }),
      onTurn: (events) => {
        for (const event of events) {
          if (event._tag === "Recorded" && event.event.kind === "said") {
            recorded.push(String(event.event.body?.["text"]))
          }
        }
      }
    })
    yield* driver.opened
    const texts = () =>
      client.roomView(room)?.timeline.lines.flatMap((line) => line._tag === "Said" ? [line.text] : []) ?? []
    return { client, driver, recorded, texts, cut: () => cut() }
  })

describe("a client of rooms and the server of clients", () => {
  it.scoped("agree: who is here, what was said, and how far it has come", () =>
    Effect.gen(function*() {
      const { readers } = yield* readersWorld()
      const [ala, bo] = [yield* joined("ala", readers), yield* joined("bo", readers)]
      ala.driver.act((client, now) => client.post(room, said("which one?"), now))
      yield* until(() => bo.texts().length === 1)
      yield* until(() => ala.client.roomView(room)?.unrecorded.length === 0)
      const view = ala.client.roomView(room)!
      expect(view.people.map(({ person }) => person)).toEqual(["~ala@alpha.example", "~bo@alpha.example"])
      expect(view.timeline.lines.map((line) => view.progressOf(line))).toEqual(["everywhere"])
      expect(bo.client.roomView(room)?.unread).toBe(1)
      bo.driver.act((client) => client.markRead(room))
      expect(bo.client.roomView(room)?.unread).toBe(0)
      bo.driver.act((client) => client.setNick("cyr"))
      yield* until(() => bo.client.author === "~cyr@alpha.example")
      bo.driver.act((client, now) => client.post(room, { kind: "topic", body: { text: "x" }, re: undefined }, now))
      yield* until(() => bo.client.roomView(room)?.notices.some(({ kind }) => kind === "refused") === true)
      expect(bo.client.roomView(room)?.unrecorded).toEqual([])
    }))

  it.scoped("lose nothing and double nothing, wherever the connection is cut", () =>
    Effect.gen(function*() {
      const random = new Random(7)
      const { readers } = yield* readersWorld()
      const people = [yield* joined("ala", readers), yield* joined("bo", readers)] as const
      const posted: Array<string> = []
      for (let at = 0; at < 80; at++) {
        const person = random.pick(people)
        if (random.chance(0.3)) person.cut()
        const text = `text ${at}`
        const number = person.driver.act((client, now) => client.post(room, said(text), now))
        if (typeof number === "number") posted.push(text)
        for (let turns = random.integer(0, 30); turns > 0; turns--) yield* Effect.yieldNow()
        if (random.chance(0.2)) yield* TestClock.adjust("300 millis")
      }
      const isDone = () => people.every(({ texts }) => texts().length === posted.length)
      for (let waits = 0; !isDone() && waits < 200; waits++) yield* TestClock.adjust("1 seconds")
      const [ala, bo] = people
      expect(ala.texts().toSorted()).toEqual(posted.toSorted())
      expect(bo.texts()).toEqual(ala.texts())
      for (const { client, recorded } of people) {
        expect(recorded.toSorted()).toEqual(posted.toSorted())
        expect(client.roomView(room)?.unrecorded).toEqual([])
      }
    }))
})
