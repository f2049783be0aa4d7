import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as LinkStream from "../../../src/conversation/links/LinkStream.ts"
import type { LinkEnd } from "../../../src/protocol/conversation/LinkedRooms.ts"
import type { SessionStream } from "../../../src/transport/SessionStream.ts"
import { firstStream, network, pair, passing } from "../../suites/flockNetwork.ts"
import { type LinkedServer, linkedServer } from "./linkedServer.ts"

const [alpha, beta] = ["alpha.example", "beta.example"] as const
const open = { access: "public", servers: [] } as const

const opened = Effect.gen(function*() {
  const { client, server } = yield* passing(pair())
  const ours = yield* passing(client.openStream)
  yield* passing(ours.write(Uint8Array.of(0, 0, 0, 0)))
  const theirs = yield* passing(firstStream(server))
  yield* passing(theirs.read(4))
  return [ours, theirs] as const
})

/** Two ends of a stream of one session, on a network of its own. */
const streams = Effect.flatMap(Layer.build(network()), (services) => Effect.provide(opened, services))

/** Lets the time pass until both servers have the same number of texts. */
const agreed = (servers: ReadonlyArray<LinkedServer>, count: number) =>
  passing(Effect.repeat(
    Effect.zipRight(
      Effect.sleep("10 millis"),
      Effect.map(
        Effect.all(servers.map(({ texts }) => texts)),
        (all) => all.every(({ length }) => length === count)
      )
    ),
    { until: (isAgreed) => isAgreed }
  ))

const linked = (one: LinkedServer, other: LinkedServer, [ours, theirs]: readonly [SessionStream, SessionStream]) =>
  Effect.map(
    Effect.all([
      Effect.fork(LinkStream.run(one.driver, ours, beta)),
      Effect.fork(LinkStream.run(other.driver, theirs, alpha))
    ]),
    (fibers): ReadonlyArray<Fiber.RuntimeFiber<LinkEnd>> => fibers
  )

describe("a link on a stream", () => {
  it.scoped("brings two servers to the same log, and passes on what is new", () =>
    Effect.gen(function*() {
      const servers = [yield* linkedServer(alpha), yield* linkedServer(beta)] as const
      const [one, other] = servers
      for (const { driver } of servers) driver.makeRoom("hall", open)
      for (let at = 0; at < 300; at++) {
        one.says(`a${at}`)
        other.says(`b${at}`)
      }
      yield* linked(one, other, yield* streams)
      yield* agreed(servers, 600)
      expect(yield* one.texts).toEqual(yield* other.texts)
      one.says("new")
      yield* agreed(servers, 601)
      expect((yield* other.texts).at(-1)).toBe("new")
    }))

  it.scoped("takes a public room of the other server, with its events", () =>
    Effect.gen(function*() {
      const [one, other] = [yield* linkedServer(alpha), yield* linkedServer(beta)]
      one.driver.makeRoom("hall", open)
      one.says("here")
      yield* linked(one, other, yield* streams)
      yield* agreed([one, other], 1)
      expect(yield* other.store.room("hall")).toMatchObject({ access: open, app: "chat" })
    }))

  it.scoped("ends with the reason of the peer, whose messages cannot be read", () =>
    Effect.gen(function*() {
      const one = yield* linkedServer(alpha)
      const [ours, theirs] = yield* streams
      const running = yield* Effect.fork(LinkStream.run(one.driver, ours, beta))
      yield* passing(theirs.write(Uint8Array.of(0, 0, 0, 2, 0x7b, 0x7d)))
      const end = yield* passing(Fiber.join(running))
      expect([end.reason, end.isPassing]).toEqual(["malformed", false])
      const read: Array<string> = []
      const all = Effect.repeat(
        Effect.tap(theirs.read(), (bytes) => read.push(Buffer.from(bytes ?? []).toString())),
        { until: (bytes) => bytes === undefined }
      )
      yield* passing(all)
      expect(read.join("")).toMatch(/"t":"hello".*"t":"stop","reason":"malformed"/s)
    }))

  it.scoped("ends when the peer has left, and a new one goes on", () =>
    Effect.gen(function*() {
      const servers = [yield* linkedServer(alpha), yield* linkedServer(beta)] as const
      const [one, other] = servers
      one.driver.makeRoom("hall", open)
      one.says("first")
      const [mine] = yield* linked(one, other, yield* streams).pipe(Effect.tap(([, theirs]) =>
        Effect.zipRight(agreed(servers, 1), theirs === undefined ? Effect.void : passing(Fiber.interrupt(theirs)))
      ))
      if (mine === undefined) {
        return
      }
      const end = yield* passing(Fiber.join(mine))
      expect([end.reason, end.isPassing]).toEqual(["closed", true])
      one.says("second")
      yield* linked(one, other, yield* streams)
      yield* agreed(servers, 2)
      expect(yield* other.texts).toEqual(["first", "second"])
    }))
})
