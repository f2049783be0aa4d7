/** The services of sessions with keys for tests: Node's cryptography, and keys in memory. */
import * as NodeSecurity from "../../src/node/security/NodeSecurity.ts"

/** The first key of every server is accepted. */
export const keyed = NodeSecurity.layerMemory({ acceptNew: true })
