/** A network and a disk in memory, and a server on it. */
import * as Layer from "effect/Layer"
import { Crc } from "../../src/net/Crc.ts"
import * as StorageMemory from "../../src/storage/StorageMemory.ts"
import type { Rule } from "../../src/testing/Faults.ts"
import * as Faults from "../../src/testing/Faults.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"

export const address = { host: "127.0.0.1", port: 4040 }

/** All services in memory; the faults of `script` befall what is sent and what is received. */
export const services = (disk: StorageMemory.Disk = new Map(), script: ReadonlyArray<Rule> = []) =>
  Layer.mergeAll(
    Layer.provide(Faults.layer({ seed: 1, script }), SocketMemory.layer()),
    Crc.layer,
    StorageMemory.layer(disk)
  )
