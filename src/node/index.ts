/** Node's layers: sockets on dgram, alone or with the kernel's offload, CRC-32 by zlib, keys and storage on the file system. */
export * as NodeSocket from "./net/NodeSocket.ts"
export * as OffloadSocket from "./net/OffloadSocket.ts"
export * as NodeCrc from "./NodeCrc.ts"
export { layer } from "./NodeServices.ts"
export * as NodeKeyring from "./security/NodeKeyring.ts"
export * as NodePartialFiles from "./storage/NodePartialFiles.ts"
export * as NodeStorage from "./storage/NodeStorage.ts"
