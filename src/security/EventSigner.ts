/** The signer of a server's events: its key follows from the host key, its origin is new at each start (docs/PROTOCOL.md, conversations §2). */
import * as Origin from "../protocol/conversation/Origin.ts"
import type { EventChecks, EventSigner } from "../protocol/conversation/SignedEvent.ts"
import type * as Crypto from "./Crypto.ts"
import type * as Signatures from "./Signatures.ts"

const info = new TextEncoder().encode("holub events")

/** Random bytes of an origin. */
const nonceBytes = 8

/** The signer of the server with this name. The seed of Ed25519 is HKDF of the private host key with "holub events". */
export const eventSigner = (
  { random, sha256 }: Pick<Crypto.Shape, "random" | "sha256">,
  { signer }: Pick<Signatures.Shape, "signer">,
  host: Pick<Crypto.KeyPair, "derive">,
  server: string
): EventSigner => {
  const seed = host.derive(info)
  const { publicKey, sign } = signer(seed)
  seed.fill(0)
  return { sha256, sign, key: publicKey, origin: Origin.originOf(sha256, server, publicKey, random(nonceBytes)) }
}

/** What checks the events of others. */
export const eventChecks = (
  { sha256 }: Pick<Crypto.Shape, "sha256">,
  { isSigned }: Pick<Signatures.Shape, "isSigned">
): EventChecks => ({ sha256, isSigned })
