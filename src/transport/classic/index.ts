/**
 * The classic wire (docs/PROTOCOL.md): its layer of Transport, and its pure cores for programs that run them without
 * Effect.
 */
export * as Frame from "../../protocol/classic/ClassicFrame.ts"
export * as Damage from "../../protocol/classic/Damage.ts"
export * as Fragments from "../../protocol/classic/Fragments.ts"
export { Receiver } from "../../protocol/classic/Receiver.ts"
export { Sender } from "../../protocol/classic/Sender.ts"
export type { ClassicOptions } from "./ClassicEndpoint.ts"
export { capabilities } from "./ClassicSession.ts"
export { layer, layerConfig } from "./ClassicTransport.ts"
/** The intervals of the wire (docs/PROTOCOL.md §5), for programs that run a core. */
export { classic as timing } from "../Timing.ts"
