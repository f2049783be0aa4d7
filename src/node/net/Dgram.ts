/**
 * Common operations of sockets on node:dgram: name lookup, families, opening with typed errors, closing after the last
 * send.
 */
import * as Effect from "effect/Effect"
import type { Socket as DgramSocket } from "node:dgram"
import { createSocket } from "node:dgram"
import { lookup } from "node:dns/promises"
import { isIP } from "node:net"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import type { SocketError } from "../../net/Socket.ts"
import { errorOf } from "./SocketErrors.ts"

/** The addresses of a name, from the system's resolver. */
export const resolve = (host: string): Effect.Effect<ReadonlyArray<string>, SocketError> =>
  isIP(withoutScope(host)) !== 0
    ? Effect.succeed([host])
    : Effect.tryPromise({
      try: async () => (await lookup(host, { all: true })).map(({ address }) => address),
      catch: (cause) => errorOf(cause, host)
    })

/** A lookup for literal addresses: it is synchronous, so that the system call happens in the turn that sends. */
export const make = ({ host }: Address, options: { readonly reuseAddr?: boolean } = {}): DgramSocket => {
  const family = familyOf(host)
  return createSocket({
    ...options,
    type: family === 6 ? "udp6" : "udp4",
    lookup: (name, _options, callback) => callback(null, name, family)
  })
}

/** 4 or 6. */
export const familyOf = (host: string): 4 | 6 => isIP(withoutScope(host)) === 6 ? 6 : 4

/** Binds, and waits for completion. */
export const bind = (socket: DgramSocket, local: Address, options: { readonly exclusive?: boolean } = {}) =>
  Effect.async<void, SocketError>((resume) => {
    socket.once("error", (cause) => resume(Effect.fail(errorOf(cause, format(local)))))
    socket.bind({ address: local.host, port: local.port, ...options }, () => resume(Effect.void))
  })

/** Connects to one peer, and waits for completion. */
export const connect = (socket: DgramSocket, peer: Address) =>
  Effect.async<void, SocketError>((resume) => {
    socket.once("error", (cause) => resume(Effect.fail(errorOf(cause, format(peer)))))
    socket.connect(peer.port, peer.host, (cause?: Error) => {
      resume(cause === undefined ? Effect.void : Effect.fail(errorOf(cause, format(peer))))
    })
  })

export const isConnected = (socket: DgramSocket): boolean => {
  try {
    socket.remoteAddress()
    return true
  } catch {
    return false
  }
}

/** Closes after the last send. */
export const close = (socket: DgramSocket): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    // Queued sends, such as a last FIN, are completed before the socket is closed.
    const finish = (): void => {
      if (socket.getSendQueueCount() > 0) setImmediate(finish)
      else socket.close(() => resume(Effect.void))
    }
    finish()
  })

const withoutScope = (host: string): string => host.split("%", 1)[0] ?? host
