/** Flock (docs/PROTOCOL.md, flock): its layer of Transport. */
export { capabilities } from "./FlockSession.ts"
export { layer, layerConfig } from "./FlockTransport.ts"
export type { SessionOptions } from "./SessionOptions.ts"
