/** Node's layers: sockets on dgram, alone or with the kernel's offload, CRC by zlib, storage and leftovers on the file system. */
export * as NodeBatchSocket from "./NodeBatchSocket.ts"
export * as NodeCrc from "./NodeCrc.ts"
export * as NodeLeftovers from "./NodeLeftovers.ts"
export * as NodeSocket from "./NodeSocket.ts"
export * as NodeStorage from "./NodeStorage.ts"
export * as OffloadSocket from "./OffloadSocket.ts"
export { layer } from "./services.ts"
