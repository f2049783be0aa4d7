import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { TcpConnection, TcpHandler } from "../../../src/net/Tcp.ts"
import { leastHalfOpen } from "../../../src/protocol/flock/handshake/HandshakeLimits.ts"
import { framed } from "../../../src/protocol/tcp/Records.ts"
import { tcpClientHandshake } from "../../../src/security/TcpHandshake.ts"
import { make as makeAlarm } from "../../../src/transport/Alarm.ts"
import { type Greeted, Greetings } from "../../../src/transport/tcp/Greetings.ts"
import { parametersOf } from "../../../src/transport/tcp/TcpOptions.ts"
import { secret } from "../../suites/keyedSides.ts"
import { cryptography as crypto } from "../../suites/tcpNetwork.ts"

const local = crypto.keyPair(secret(2))

/** A listener's handshakes, and connections that note what is done with them. */
const world = Effect.map(makeAlarm, (alarm) => {
  const agreed: Array<Greeted> = []
  let credits = 0
  const greetings = new Greetings({
    handshake: { crypto, local, nextKey: undefined },
    parameters: () => {
      credits++
      return parametersOf({})
    },
    onDropped: () => void credits--,
    onAgreed: (greeted) => void agreed.push(greeted),
    handshakesPerSecond: undefined,
    random: () => 0.5,
    now: () => 0,
    makeAlarm: alarm
  })
  const connecting = (at: number) => {
    const wrote: Array<Uint8Array> = []
    let handler: TcpHandler | undefined
    let isReset = false
    const connection: TcpConnection = {
      local: { host: "192.0.2.1", port: 1 },
      peer: { host: `192.0.${at >> 8}.${at & 255}`, port: 2 },
      start: (given) => {
        handler = given
      },
      write: (bytes) => wrote.push(bytes) > 0,
      unsentBytes: () => 0,
      pause: () => undefined,
      resume: () => undefined,
      finish: () => undefined,
      reset: () => {
        isReset = true
      }
    }
    greetings.add(connection)
    return {
      wrote,
      send: (bytes: Uint8Array) => handler?.onBytes(bytes),
      isReset: () => isReset,
      leave: () => handler?.onEnd()
    }
  }
  return { greetings, agreed, credits: () => credits, connecting }
})

const client = () =>
  tcpClientHandshake({ crypto, local: crypto.keyPair(secret(1)), isIdentity: true, parameters: parametersOf({}) })

describe("the handshakes of a listener", () => {
  it.effect("become sessions wherever their bytes are cut", () =>
    Effect.gen(function*() {
      const { agreed, connecting, greetings } = yield* world
      const { first, read } = client()
      const connection = connecting(1)
      for (const byte of framed(first)) connection.send(Uint8Array.of(byte))
      const answer = read((connection.wrote[0] ?? expect.fail("no answer")).subarray(2))
      for (const byte of framed(answer?.accept().last ?? expect.fail("not readable"))) {
        connection.send(Uint8Array.of(byte))
      }
      expect([agreed.length, agreed[0]?.isIdentity, greetings.count]).toEqual([1, true, 0])
    }))

  it.effect("give back everything when they become none", () =>
    Effect.gen(function*() {
      const { connecting, credits, greetings } = yield* world
      const [left, forged, ended] = [connecting(1), connecting(2), connecting(3)]
      for (const one of [left, forged, ended]) one.send(framed(client().first))
      expect([credits(), greetings.count]).toEqual([3, 3])
      left.leave()
      forged.send(framed(new Uint8Array(80)))
      greetings.end()
      expect([credits(), greetings.count, left.isReset(), forged.isReset(), ended.isReset()]).toEqual([
        0,
        0,
        true,
        true,
        true
      ])
      expect(greetings.counters).toMatchObject({ left: 2, forged: 1 })
    }))

  it.effect("of one source leave places to others", () =>
    Effect.gen(function*() {
      const { connecting, greetings } = yield* world
      const many = Array.from({ length: 2000 }, () => connecting(7))
      expect(many.filter((one) => !one.isReset()).length).toBeGreaterThanOrEqual(leastHalfOpen)
      expect([connecting(8).isReset(), greetings.counters.refused]).toEqual([
        false,
        many.filter((one) => one.isReset()).length
      ])
    }))
})
