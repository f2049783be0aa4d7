/** A network of TCP in memory for sessions in virtual time, a server and a client on it, and a client that says what it likes. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Crc } from "../../src/net/Crc.ts"
import { Tcp, type TcpConnection } from "../../src/net/Tcp.ts"
import * as NodeCrypto from "../../src/node/security/NodeCrypto.ts"
import { Crypto } from "../../src/security/Crypto.ts"
import * as TcpMemory from "../../src/testing/TcpMemory.ts"
import { connect } from "../../src/transport/tcp/TcpClient.ts"
import { listen } from "../../src/transport/tcp/TcpListener.ts"
import type { TcpOptions } from "../../src/transport/tcp/TcpOptions.ts"
import type { Session } from "../../src/transport/Transport.ts"
import { keyed } from "../security/keyed.ts"

export const address = { host: "127.0.0.1", port: 4040 }

export const network = (options: TcpMemory.Options = {}) => Layer.mergeAll(TcpMemory.layer(options), Crc.layer, keyed)

/** A listener, a client's session with it, and the listener's side of that session. */
export const pair = (options: TcpOptions = {}) =>
  Effect.gen(function*() {
    const listener = yield* listen(address, options)
    const client = yield* connect(address, options)
    const server: Session = yield* Effect.flatten(Stream.runHead(listener.sessions)).pipe(Effect.orDie)
    return { listener, client, server }
  })

/** What a connection has received, and how it ended. */
export interface Seen {
  readonly connection: TcpConnection
  readonly bytes: Array<number>
  /** `undefined` while it is open. */
  end: "ended" | "closed" | undefined
}

const watch = (connection: TcpConnection): Seen => {
  const seen: Seen = { connection, bytes: [], end: undefined }
  connection.start({
    onBytes: (bytes) => void seen.bytes.push(...bytes),
    onEnd: () => {
      seen.end ??= "ended"
    },
    onDrain: () => undefined,
    onClose: () => {
      seen.end = "closed"
    }
  })
  return seen
}

/** A client of its own making. */
export const stranger = Effect.flatMap(Tcp, (tcp) => Effect.map(tcp.connect(address), watch))

/** A server of its own making, which answers each connection with these bytes, and ends it if there are none. */
export const strangeServer = (answer: Uint8Array | undefined) =>
  Effect.flatMap(Tcp, (tcp) =>
    tcp.listen(address, (connection) => {
      watch(connection)
      if (answer === undefined) connection.reset()
      else connection.write(answer)
    }))

export const cryptography = Effect.runSync(Effect.provide(Crypto, NodeCrypto.layer))
