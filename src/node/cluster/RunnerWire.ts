/**
 * How the runners of a site reach each other: sessions of the wire tcp, in which both sides show the host key of the site and accept no
 * other one. So the port of a runner is as safe as that of a server.
 */
import * as Runners from "@effect/cluster/Runners"
import { Socket } from "@effect/platform/Socket"
import { SocketServer } from "@effect/platform/SocketServer"
import * as RpcClient from "@effect/rpc/RpcClient"
import * as RpcSerialization from "@effect/rpc/RpcSerialization"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Address } from "../../net/Address.ts"
import type { Crc } from "../../net/Crc.ts"
import type { Tcp } from "../../net/Tcp.ts"
import { isSame } from "../../protocol/SameBytes.ts"
import type { Crypto, KeyPair } from "../../security/Crypto.ts"
import { Keyring } from "../../security/Keyring.ts"
import * as PlatformSocket from "../../transport/platform/PlatformSocket.ts"
import type { SessionError } from "../../transport/SessionError.ts"
import * as TcpTransport from "../../transport/tcp/TcpTransport.ts"
import { listen } from "../../transport/Transport.ts"

/** The side of a runner: what it listens with, and how it calls others. */
export interface RunnerWire {
  /** Where the runner listens, with the port that the system has given. */
  readonly local: Address
  readonly layer: Layer.Layer<SocketServer | Runners.RpcClientProtocol, never, RpcSerialization.RpcSerialization>
}

/** The keys of a runner: the host key of the site, in both roles. */
export const keyring = (host: KeyPair): Layer.Layer<Keyring> =>
  Layer.succeed(Keyring, {
    host: Effect.succeed(host),
    nextHostKey: Effect.succeed(undefined),
    identity: Effect.succeed(host),
    expected: () => Effect.succeed({ keys: [host.publicKey], others: "refuse" }),
    learn: () => Effect.void,
    allowed: Effect.succeed((key: Uint8Array) => isSame(key, host.publicKey))
  })

/** Listens at an address until the scope closes. */
export const make = (
  local: Address,
  host: KeyPair
): Effect.Effect<RunnerWire, SessionError, Tcp | Crc | Crypto | Scope.Scope> =>
  Effect.gen(function*() {
    const transport = yield* Layer.build(Layer.provide(TcpTransport.layer({}), keyring(host)))
    const listener = yield* Effect.provide(listen(local), transport)
    const server = yield* PlatformSocket.fromListener(listener)
    const protocol = Layer.effect(
      Runners.RpcClientProtocol,
      Effect.map(Effect.context<RpcSerialization.RpcSerialization>(), (serialization) => (runner: Address) =>
        Effect.flatMap(
          PlatformSocket.make({ host: runner.host, port: runner.port }),
          (socket) =>
            Effect.provideService(RpcClient.makeProtocolSocket(), Socket, socket)
        ).pipe(Effect.provide(transport), Effect.provide(serialization)))
    )
    return { local: listener.local, layer: Layer.merge(Layer.succeed(SocketServer, server), protocol) }
  })
