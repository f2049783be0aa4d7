/** Flock (docs/PROTOCOL.md, flock): its layer of Transport. */
export { layer } from "./FlockEndpoint.ts"
export { capabilities } from "./FlockSession.ts"
export type { SessionOptions } from "./SessionOptions.ts"
