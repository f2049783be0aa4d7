/** Node's layers: sockets on dgram, CRC by zlib, storage and leftovers on the file system. */
export * as NodeCrc from "./NodeCrc.ts"
export * as NodeLeftovers from "./NodeLeftovers.ts"
export * as NodeSocket from "./NodeSocket.ts"
export * as NodeStorage from "./NodeStorage.ts"
export { layer } from "./services.ts"
