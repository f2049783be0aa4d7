import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { closeCode } from "../../../src/protocol/flock/CloseCode.ts"
import { NewReno } from "../../../src/protocol/flock/congestion/NewReno.ts"
import { Connection } from "../../../src/protocol/flock/Connection.ts"
import { crcProtection } from "../../../src/protocol/flock/handshake/Protection.ts"
import { reset } from "../../../src/protocol/flock/wire/Packet.ts"
import { EventBus } from "../../../src/telemetry/EventBus.ts"
import { make as makeAlarm } from "../../../src/transport/Alarm.ts"
import { Driver } from "../../../src/transport/flock/Driver.ts"
import { make } from "../../../src/transport/flock/FlockSession.ts"
import { parameters } from "../../protocol/flock/pair.ts"
import { network, pair } from "../../suites/flockNetwork.ts"

const server = { host: "192.0.2.1", port: 4040 }
const resetToken = Uint8Array.from({ length: 16 }, (_, index) => index + 1)

/** A client's session in a driver without a socket, and the number of times that its keys were overwritten. */
const lone = Effect.gen(function*() {
  const bus = yield* EventBus
  const freed = { count: 0 }
  const driver = new Driver(() => 0, yield* makeAlarm, {
    onHandshakePacket: () => undefined,
    onUnknown: () => undefined,
    onDefect: () => undefined
  })
  const connection = new Connection({
    role: "client",
    localId: 7,
    remoteId: 8,
    local: parameters,
    peer: parameters,
    protection: { ...crcProtection(() => 0), free: () => void freed.count++ },
    makeCongestion: () => new NewReno({ maxDatagramBytes: 1200 }),
    path: server,
    maxDatagramBytes: 1472,
    random: () => 0.5,
    roundTripMillis: 20,
    isKeptAlive: true,
    resetToken,
    limitBytesPerMilli: Infinity
  }, 0)
  const made = yield* make(driver, connection, {
    bus,
    role: "client",
    peerKey: undefined,
    ownKey: undefined,
    isTrusted: false,
    channelBinding: undefined
  })
  driver.add(made.link)
  const receive = (bytes: Uint8Array, from = server): void => {
    driver.handleRun({ bytes, from, segmentBytes: bytes.length })
    driver.onPause()
  }
  return { driver, connection, session: made.session, freed, receive }
})

describe("a session", () => {
  it.scoped("ends as PeerRestarted by a RESET with its token, and by no other", () =>
    Effect.gen(function*() {
      const { driver, freed, receive, session } = yield* lone
      receive(reset(8, new Uint8Array(16)))
      receive(reset(7, resetToken))
      receive(reset(8, resetToken), { host: "192.0.2.9", port: 4040 })
      expect([session.isClosed(), session.statistics().dropped]).toEqual([
        false,
        expect.objectContaining({ forgedResets: 1, elsewhere: 1 })
      ])
      receive(reset(8, resetToken))
      expect(yield* session.closed).toMatchObject({
        reason: "PeerRestarted",
        message: "192.0.2.1:4040 restarted and has forgotten the session"
      })
      expect([driver.count, freed.count, driver.counters.strays]).toEqual([0, 1, 1])
    }))

  it.scoped("that is left when its driver stops has its keys overwritten", () =>
    Effect.gen(function*() {
      const { driver, freed } = yield* lone
      driver.stop()
      driver.stop()
      expect(freed.count).toBe(1)
    }))

  it.scoped("that the server closes because of the client's key ends as NotAllowed on both sides", () =>
    Effect.gen(function*() {
      const { client, server: theirs } = yield* pair()
      yield* theirs.close(closeCode.NotAllowed)
      yield* TestClock.adjust("1 seconds")
      expect([yield* client.closed, yield* theirs.closed]).toMatchObject([{
        reason: "NotAllowed",
        message: "127.0.0.1:4040 accepts clients with a known key only, and this side has shown none"
      }, { reason: "NotAllowed" }])
    }).pipe(Effect.provide(network())))
})
