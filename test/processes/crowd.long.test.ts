/** Many senders at once; the content of each file shows its sender. messages.test.ts has twenty, as processes. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { layer } from "../../src/node/NodeServices.ts"
import * as Endpoint from "../../src/transport/classic/ClassicEndpoint.ts"
import { classic, residentBytes, type Server, serveWith, tidy } from "./holub.ts"

afterEach(tidy)

const contentOf = (sender: number): Buffer => Buffer.alloc(5000 + sender, `${sender};`)

const expectAllThere = (server: Server, senders: number): void => {
  const names = Array.from({ length: senders }, (_, sender) => `${sender}.bin`)
  expect(server.files()).toEqual(names.toSorted())
  names.forEach((name, sender) => {
    expect([name, readFileSync(join(server.inbox, name)).equals(contentOf(sender))]).toEqual([name, true])
  })
}

/** A sender of the library: five texts, and a file among them. */
const sendFrom = (server: Server, sender: number) => {
  const fragmentSize = 200
  const bytes = contentOf(sender)
  const fragments = Array.from(
    { length: Math.ceil(bytes.length / fragmentSize) },
    (_, at) => bytes.subarray(at * fragmentSize, (at + 1) * fragmentSize)
  )
  const file = { kind: "file", name: `${sender}.bin`, contentBytes: bytes.length, fragmentSize } as const
  return Effect.scoped(Effect.gen(function*() {
    const connection = yield* Endpoint.connect({ host: "127.0.0.1", port: server.port })
    const sendText = (number: number) => {
      const text = new TextEncoder().encode(textOf(number, sender))
      const message = { kind: "text", name: "", contentBytes: text.length, fragmentSize } as const
      return connection.send(message, () => Stream.make(text))
    }
    const before = yield* Effect.forEach([1, 2], sendText)
    const sent = yield* connection.send(file, () => Stream.fromIterable(fragments))
    const after = yield* Effect.forEach([3, 4, 5], sendText)
    return [...before, sent, ...after].every(({ confirmed }) => confirmed)
  }))
}

const textOf = (number: number, sender: number | string): string => `text ${number} of ${sender}`

const senders = 200

const crowd = (server: Server) =>
  Effect.runPromise(Effect.provide(
    Effect.forEach(Array(senders).keys(), (sender) => sendFrom(server, sender), { concurrency: "unbounded" }),
    layer
  ))

describe("200 senders at once (P6)", () => {
  it("lose nothing, mix nothing up, and leak no memory", async () => {
    const server = await serveWith({
      args: [...classic, "--if-exists", "overwrite"],
      env: { NODE_OPTIONS: "--max-old-space-size=80" }
    })
    expect(await crowd(server)).toEqual(Array.from({ length: senders }, () => true))
    expectAllThere(server, senders)
    await server.process.line("disconnected", senders - 1)

    const received = server.process.lines.filter(({ type }) => type === "received")
    expect(received).toHaveLength(6 * senders)
    const namesOf = new Map(received.flatMap(({ name, peer }) => name === undefined ? [] : [[peer, String(name)]]))
    expect(namesOf.size).toBe(senders)
    for (const [peer, name] of namesOf) {
      const texts = received.filter((line) => line["peer"] === peer && line["kind"] === "text")
      const expected = [1, 2, 3, 4, 5].map((number) => textOf(number, name.replace(".bin", "")))
      expect(texts.map(({ text }) => text)).toEqual(expected)
    }

    const before = residentBytes(server.process)
    await crowd(server)
    await server.process.line("disconnected", 2 * senders - 1)
    expectAllThere(server, senders)
    // A block kept for each sender would be 200 × 256 KiB, its part of the heap would end the server.
    const after = residentBytes(server.process)
    console.info(`a second crowd of ${senders}: ${before} bytes of memory became ${after}`)
    expect(after - before).toBeLessThan(50e6)
  })
})
