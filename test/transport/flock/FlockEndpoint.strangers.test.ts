/** What a listener answers to hosts that have no session, but have seen the packets of one. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Crc } from "../../../src/net/Crc.ts"
import { copyOf, Socket } from "../../../src/net/Socket.ts"
import { hello, read, requestOf } from "../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { connectionIdOf, form, formAt, formNames, writeHeader } from "../../../src/protocol/flock/wire/Packet.ts"
import * as SocketMemory from "../../../src/testing/SocketMemory.ts"
import { listen } from "../../../src/transport/flock/FlockEndpoint.ts"
import { datagramOf } from "../../protocol/classic/frames.ts"
import { keyed } from "../../security/keyed.ts"
import { address, firstStream, pair, passing } from "../../suites/flockNetwork.ts"

/** A network whose datagrams to the server are recorded. */
const observed = (seen: Array<Uint8Array>) =>
  Layer.mergeAll(
    Layer.effect(
      Socket,
      Effect.map(Socket, (inner) => ({
        ...inner,
        connect: (peer, handler) =>
          Effect.map(inner.connect(peer, handler), (bound) => ({
            ...bound,
            send: (to, segmentBytes, fill) =>
              bound.send(to, segmentBytes, (target) => {
                const length = fill(target)
                seen.push(target.slice(0, length))
                return length
              })
          }))
      }))
    ).pipe(Layer.provide(SocketMemory.layer())),
    Crc.layer,
    keyed
  )

/** A host that sends what it likes; returns the names of the forms that it gets, and the bytes. */
const stranger = Effect.gen(function*() {
  const socket = yield* Socket
  const received: Array<Uint8Array> = []
  const bound = yield* socket.bind({ host: "127.0.0.1", port: 5050 }, {
    onRun: ({ bytes }) => void received.push(bytes.slice()),
    onPause: () => undefined,
    onError: () => undefined,
    onDrain: () => undefined
  })
  const answersTo = (bytes: Uint8Array, port = address.port) =>
    passing(Effect.suspend(() => {
      received.length = 0
      bound.send({ ...address, port }, bytes.length, copyOf(bytes))
      return Effect.sleep("20 millis")
    })).pipe(Effect.map(() =>
      received.map((answer) => {
        const its = formAt(answer, 0)
        return its === undefined ? "other" : formNames[its]
      })
    ))
  return { answersTo, received }
})

const data = (id: number, claimed = 60): Uint8Array => {
  const bytes = new Uint8Array(60).fill(7)
  writeHeader(bytes, 0, form.data, id, claimed)
  return bytes
}

describe("a host without a session", () => {
  const seen: Array<Uint8Array> = []

  it.scoped("gets no RESET for the id of a session, which would end it, however it damages its packets", () =>
    Effect.gen(function*() {
      const { client, listener, server } = yield* pair()
      const id = seen.map((bytes) => connectionIdOf(bytes, 0)).find((one) => one !== 0) ?? 0
      const { answersTo } = yield* stranger
      const malformed = data(id, 5000)
      const behindDamaged = Uint8Array.of(...data(id), ...data(id))
      for (const bytes of [data(id), malformed, behindDamaged]) expect(yield* answersTo(bytes)).toEqual([])
      expect(yield* answersTo(data(id + 1))).toEqual(["RESET"])
      expect([client.isClosed(), server.isClosed(), listener.open()]).toEqual([false, false, 1])
    }).pipe(Effect.provide(observed(seen))))

  it.scoped("gets no RESET for the id in a HELLO2, which a session may have later", () =>
    Effect.gen(function*() {
      yield* listen(address)
      const { crc32 } = yield* Crc
      const { answersTo, received } = yield* stranger
      const message = new Uint8Array(32)
      message[0] = 9
      expect(yield* answersTo(hello(crc32, requestOf(77, "aead"), message))).toEqual(["HELLO2"])
      const [bytes = new Uint8Array(0)] = received
      const packet = read(crc32, bytes, 0, bytes.length)
      const id = packet?.form === form.hello2 ? packet.serverId : 0
      expect(id).not.toBe(0)
      expect(yield* answersTo(data(id))).toEqual([])
      expect(yield* answersTo(data(id + 1))).toEqual(["RESET"])
    }).pipe(Effect.provide(observed([]))))

  it.scoped("and without the shared key gets no answer to a HELLO or to an INF of the classic wire", () =>
    Effect.gen(function*() {
      const psk = Redacted.make(Uint8Array.from({ length: 32 }, (_, at) => at))
      const { crc32 } = yield* Crc
      const inf = datagramOf(
        { kind: 0, sequenceNumber: 0, fragmentCount: 1, fragmentSize: 14 },
        new TextEncoder().encode("T")
      )
      yield* listen({ ...address, psk })
      const { answersTo } = yield* stranger
      const message = new Uint8Array(48)
      message[0] = 9
      for (const protection of ["aead", "aead-psk", "crc"] as const) {
        expect(yield* answersTo(hello(crc32, requestOf(77, protection), message))).toEqual([])
      }
      expect(yield* answersTo(inf)).toEqual([])
      yield* listen({ ...address, port: 4041 })
      expect(yield* answersTo(inf, 4041)).toEqual(["other"])
    }).pipe(Effect.provide(observed([]))))
})

describe("a host on the path", () => {
  it.scoped.each([["aead", false], ["crc", true]] as const)(
    "finds nothing of a message in the packets: with %s %s",
    ([protection, isFound]) => {
      const packets: Array<Uint8Array> = []
      return Effect.gen(function*() {
        const { client, server } = yield* pair({ protection })
        const text = "a text that is for one reader"
        const stream = yield* client.openStream
        yield* stream.write(new TextEncoder().encode(text))
        expect(Buffer.from((yield* passing(Effect.flatMap(firstStream(server), (its) => its.read()))) ?? []).toString())
          .toBe(text)
        expect(packets.some((bytes) => Buffer.from(bytes).includes(text.slice(0, 8)))).toBe(isFound)
      }).pipe(Effect.provide(observed(packets)))
    }
  )
})
