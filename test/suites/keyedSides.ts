/** Clients and servers with keys of their own, on a network in memory with an observer between the clients and their servers. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import type { Address } from "../../src/net/Address.ts"
import { Crc } from "../../src/net/Crc.ts"
import type { Handler } from "../../src/net/Socket.ts"
import { Socket } from "../../src/net/Socket.ts"
import * as NodeCrypto from "../../src/node/security/NodeCrypto.ts"
import * as NodeSecurity from "../../src/node/security/NodeSecurity.ts"
import { endOf, form, formAt } from "../../src/protocol/flock/wire/Packet.ts"
import { Crypto } from "../../src/security/Crypto.ts"
import type { Options } from "../../src/security/KeyringMemory.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import { passing } from "./flockNetwork.ts"

/** A server that is not on this machine. */
export const place = { host: "192.0.2.1", port: 4040 }

/** A private key for tests, and its public key. */
export const secret = (seed: number): Uint8Array => new Uint8Array(32).fill(seed)
export const publicOf = (seed: number): Uint8Array => cryptography.keyPair(secret(seed)).publicKey
export const cryptography = Effect.runSync(Effect.provide(Crypto, NodeCrypto.layer))

/** Runs one side with this Keyring. */
export const withKeys = (options: Options = {}) => Effect.provide(NodeSecurity.layerMemory(options))

/** The same for what runs over Transport, on flock. */
export const onFlock = (options: Options = {}) =>
  Effect.provide(Layer.provide(FlockTransport.layer(), NodeSecurity.layerMemory(options)))

/** What an observer of the clients sees, and what it can send them. */
export interface Observer {
  /** The datagrams that clients have sent, in order. */
  readonly sent: Array<Uint8Array>
  /** Called before a datagram of a client is passed on. */
  onSent: (datagram: Uint8Array) => void
  /** Delivers a datagram to the client that was opened last, from this address. */
  inject: (datagram: Uint8Array, from: Address) => void
}

export const observer = (): Observer => ({ sent: [], onSent: () => undefined, inject: () => undefined })

/** The packets of the client's datagrams that have this form. */
export const sentOf = ({ sent }: Observer, wanted: keyof typeof form): ReadonlyArray<Uint8Array> =>
  sent.flatMap((datagram) => {
    const packets: Array<Uint8Array> = []
    for (let at = 0; at < datagram.length;) {
      const end = formAt(datagram, at) === undefined ? undefined : endOf(datagram, at, datagram.length)
      if (end === undefined) break
      if (formAt(datagram, at) === form[wanted]) packets.push(datagram.subarray(at, end))
      at = end
    }
    return packets
  })

/** The network with its observer. Each side brings its keys. */
export const observed = (seen: Observer = observer()): Layer.Layer<Socket | Crc> =>
  Layer.merge(
    Layer.effect(
      Socket,
      Effect.map(Socket, (inner): typeof Socket.Service => ({
        ...inner,
        connect: (peer, handler, options) =>
          Effect.map(inner.connect(peer, handler, options), (bound) => {
            seen.inject = (datagram, from) => receive(handler, datagram, from)
            return {
              ...bound,
              send: (to, segmentBytes, fill) =>
                bound.send(to, segmentBytes, (target) => {
                  const length = fill(target)
                  for (let at = 0; at < length; at += segmentBytes ?? length) {
                    const datagram = target.slice(at, Math.min(length, at + (segmentBytes ?? length)))
                    seen.sent.push(datagram)
                    seen.onSent(datagram)
                  }
                  return length
                })
            }
          })
      }))
    ).pipe(Layer.provide(SocketMemory.layer())),
    Crc.layer
  )

const receive = (handler: Handler, bytes: Uint8Array, from: Address): void => {
  handler.onRun({ bytes: bytes.slice(), from, segmentBytes: bytes.length })
  handler.onPause?.()
}

/** Closes the scope of a test in virtual time: a side may wait for the other one. */
export const ended = <A, E, R>(test: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const scope = yield* Scope.make()
    return yield* Effect.onExit(Scope.extend(test, scope), (exit) => passing(Scope.close(scope, exit)))
  })
