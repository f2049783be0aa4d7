/** The services of sessions with keys for tests: Node's cryptography, and keys in memory. */
import * as Layer from "effect/Layer"
import * as NodeAead from "../../src/node/security/NodeAead.ts"
import * as NodeCrypto from "../../src/node/security/NodeCrypto.ts"
import type { Aead } from "../../src/security/Aead.ts"
import type { Crypto } from "../../src/security/Crypto.ts"
import type { Keyring } from "../../src/security/Keyring.ts"
import * as KeyringMemory from "../../src/security/KeyringMemory.ts"

/** Keys of the options; by default the first key of every server is accepted. */
export const keyedWith = (options: KeyringMemory.Options): Layer.Layer<Crypto | Aead | Keyring> =>
  Layer.provideMerge(KeyringMemory.layer(options), Layer.merge(NodeCrypto.layer, NodeAead.layer))

export const keyed = keyedWith({ acceptNew: true })
