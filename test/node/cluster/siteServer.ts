/** The name and the keys of a site, for tests. */
import type { SiteServer } from "../../../src/node/cluster/SiteRoom.ts"
import { nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"
import { nodeSignatures } from "../../../src/node/security/NodeSignatures.ts"
import * as EventSigner from "../../../src/security/EventSigner.ts"

export const siteServer = (server: string): SiteServer => {
  const { keyPair } = nodeCrypto.generate()
  return {
    server,
    newSigner: () => EventSigner.eventSigner(nodeCrypto, nodeSignatures, keyPair, server),
    checks: EventSigner.eventChecks(nodeCrypto, nodeSignatures)
  }
}
