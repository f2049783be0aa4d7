/**
 * Node's layer of every service: sockets on dgram with the kernel's offload, TCP, CRC-32 by zlib, cryptography by OpenSSL, storage on the
 * file system.
 */
import * as Layer from "effect/Layer"
import * as NodeTcp from "./net/NodeTcp.ts"
import * as OffloadSocket from "./net/OffloadSocket.ts"
import * as NodeCrc from "./NodeCrc.ts"
import * as NodeAead from "./security/NodeAead.ts"
import * as NodeCrypto from "./security/NodeCrypto.ts"
import * as NodePartialFiles from "./storage/NodePartialFiles.ts"
import * as NodeStorage from "./storage/NodeStorage.ts"

export const layer = Layer.mergeAll(
  OffloadSocket.layer,
  NodeTcp.layer,
  NodeCrc.layer,
  NodeStorage.layer,
  NodePartialFiles.layer,
  NodeCrypto.layer,
  NodeAead.layer
)
