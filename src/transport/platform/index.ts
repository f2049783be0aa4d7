/** Sessions as sockets of `@effect/platform`, and messages over any of its sockets. Only this folder imports `@effect/platform`. */
export * as Framing from "./FramedSocket.ts"
export * from "./PlatformSocket.ts"
