import * as Layer from "effect/Layer"
import * as NodeSocket from "../../src/node/net/NodeSocket.ts"
import * as Faults from "../../src/testing/Faults.ts"
import * as OverwrittenRuns from "../../src/testing/OverwrittenRuns.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import { transferSuite } from "./transfer.ts"

transferSuite("memory", { socket: SocketMemory.layer(), isVirtual: true })

// The script passes every FIN: after the loss of one, a test would wait for an idle timeout.
const faults = Faults.layer({
  seed: 7,
  loss: 0.02,
  duplicate: 0.02,
  damage: 0.01,
  script: [{ kind: "FIN", fate: "pass" }]
})
transferSuite("memory with faults", { socket: Layer.provide(faults, SocketMemory.layer()), isVirtual: true })

transferSuite("dgram on loopback", { socket: Layer.provide(OverwrittenRuns.layer, NodeSocket.layer), isVirtual: false })
