/** A Socket of the simulation: its datagrams travel through the simulated network. */
import type { Address } from "../../../src/net/Address.ts"
import type { Bound, Fill, Path } from "../../../src/net/Socket.ts"
import { noCounters } from "../../../src/net/Socket.ts"

/** `send` passes on what `fill` writes and returns its length in bytes. */
export const simulatedSocket = (local: Address, send: (to: Path, fill: Fill) => number): Bound => ({
  local,
  send: (to, _segmentBytes, fill) => send(to, fill) > 0 ? "Sent" : "Nothing",
  discoversMtu: false,
  offload: () => ({ isOn: false, reason: "the network is simulated" }),
  receiveBufferBytes: 0,
  smallBuffers: [],
  counters: () => noCounters
})
