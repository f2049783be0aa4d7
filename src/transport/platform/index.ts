/**
 * Sessions and connections of TCP as sockets of `@effect/platform`, and messages over any of its sockets. Only this folder and the
 * listeners of rooms import `@effect/platform`.
 */
export * as Framing from "./FramedSocket.ts"
export { HalfClose } from "./HalfClose.ts"
export * from "./PlatformSocket.ts"
export * as TcpSockets from "./TcpSockets.ts"
