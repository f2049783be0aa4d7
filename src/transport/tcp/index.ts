/** Tcp (docs/PROTOCOL.md, The tcp wire): its layer of Transport. */
export type { TcpOptions } from "./TcpOptions.ts"
export { capabilities } from "./TcpSession.ts"
export { layer, layerConfig } from "./TcpTransport.ts"
