/** Node's layer of every service. */
import * as Layer from "effect/Layer"
import * as NodeSocket from "./net/NodeSocket.ts"
import * as OffloadSocket from "./net/OffloadSocket.ts"
import * as NodeCrc from "./NodeCrc.ts"
import * as NodePartialFiles from "./storage/NodePartialFiles.ts"
import * as NodeStorage from "./storage/NodeStorage.ts"

export const layer = Layer.mergeAll(
  NodeSocket.layer,
  OffloadSocket.layer,
  NodeCrc.layer,
  NodeStorage.layer,
  NodePartialFiles.layer
)
