/**
 * Holub as a library: messages, files and streams over UDP, between Effect programs. It is platform-free: `holub/node` has the
 * layers for Node, `holub/classic` and `holub/flock` are the wires, `holub/testing` a network in memory and its faults,
 * `holub/platform` sockets of `@effect/platform`.
 */
export * as Address from "./net/Address.ts"
export * as Crc from "./net/Crc.ts"
export * as Socket from "./net/Socket.ts"
export * as FileName from "./storage/FileName.ts"
export * as PartialFiles from "./storage/PartialFiles.ts"
export * as Storage from "./storage/Storage.ts"
export * as Events from "./telemetry/Events.ts"
export * as Inbox from "./transfer/Inbox.ts"
export * as Outbox from "./transfer/Outbox.ts"
export * as Router from "./transfer/Router.ts"
export * as Service from "./transfer/Service.ts"
export { SessionError, SessionReason } from "./transport/SessionError.ts"
export type { SessionStream } from "./transport/SessionStream.ts"
export * as Transport from "./transport/Transport.ts"
