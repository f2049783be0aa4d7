/** Node's layer of every service. */
import * as Layer from "effect/Layer"
import * as NodeCrc from "./NodeCrc.ts"
import * as NodeLeftovers from "./NodeLeftovers.ts"
import * as NodeSocket from "./NodeSocket.ts"
import * as NodeStorage from "./NodeStorage.ts"
import * as OffloadSocket from "./OffloadSocket.ts"

export const layer = Layer.mergeAll(
  NodeSocket.layer,
  OffloadSocket.layer,
  NodeCrc.layer,
  NodeStorage.layer,
  NodeLeftovers.layer
)
