/** Node's layer of all that wires and transfers require: the services of this machine, and the user's keys. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Folders from "./Folders.ts"
import * as NodeServices from "./NodeServices.ts"
import * as NodeKeyring from "./security/NodeKeyring.ts"

const keyring = Layer.unwrapEffect(
  Effect.sync(() => NodeKeyring.layer({ directory: Folders.stateFolder(process.env) }))
)

/**
 * Sockets, CRC-32, cryptography and files of this machine, and the keys of the user in `~/.local/state/holub`, which are those of the
 * program `holub`: its host key, its identity, its known servers. A server on this machine with this host key is known; another one
 * has to be trusted first, so that `connect` fails with `UnknownKey`. A program with keys of its own merges them over this layer:
 * `Layer.merge(HolubNode.layer, HolubNode.NodeSecurity.layer({ directory }))`.
 */
export const layer = Layer.provideMerge(keyring, NodeServices.layer)
