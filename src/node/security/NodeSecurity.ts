/** All that sessions with keys require, on Node: cryptography, the encryption of packets, and the keys in files or in memory. */
import * as Layer from "effect/Layer"
import type { Aead } from "../../security/Aead.ts"
import type { Crypto } from "../../security/Crypto.ts"
import type { Keyring } from "../../security/Keyring.ts"
import * as KeyringMemory from "../../security/KeyringMemory.ts"
import * as NodeAead from "./NodeAead.ts"
import * as NodeCrypto from "./NodeCrypto.ts"
import * as NodeKeyring from "./NodeKeyring.ts"

const functions = Layer.merge(NodeCrypto.layer, NodeAead.layer)

/** With keys and known servers in files. */
export const layer = (options: NodeKeyring.Options): Layer.Layer<Crypto | Aead | Keyring> =>
  Layer.provideMerge(NodeKeyring.layer(options), functions)

/** With keys that end with the process: for tests, and for programs that keep their keys elsewhere. */
export const layerMemory = (options: KeyringMemory.Options = {}): Layer.Layer<Crypto | Aead | Keyring> =>
  Layer.provideMerge(KeyringMemory.layer(options), functions)
