/** A network and a disk in memory, and a server on it. */
import * as Layer from "effect/Layer"
import { Crc } from "../../src/net/Crc.ts"
import * as StorageMemory from "../../src/storage/StorageMemory.ts"
import type { Rule } from "../../src/testing/Faults.ts"
import * as Faults from "../../src/testing/Faults.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import * as ClassicTransport from "../../src/transport/classic/ClassicTransport.ts"
import { keyed } from "../security/keyed.ts"

export const address = { host: "127.0.0.1", port: 4040 }

/** All services in memory, and the classic wire over them; the faults of `script` apply to sent and received datagrams. */
export const services = (disk: StorageMemory.Disk = new Map(), script: ReadonlyArray<Rule> = []) =>
  ClassicTransport.layer().pipe(Layer.provideMerge(Layer.mergeAll(
    Layer.provide(Faults.layer({ seed: 1, script }), SocketMemory.layer()),
    Crc.layer,
    keyed,
    StorageMemory.layer(disk)
  )))
