import * as TestRunner from "@effect/cluster/TestRunner"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { MemoryDisk } from "../../../src/conversation/store/MemoryDisk.ts"
import { Store } from "../../../src/conversation/store/Store.ts"
import * as ClusterLogs from "../../../src/node/cluster/ClusterLogs.ts"
import * as SiteEntityLayers from "../../../src/node/cluster/SiteEntityLayers.ts"
import { nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"
import { Crypto } from "../../../src/security/Crypto.ts"
import { fullDisk } from "../../conversation/logs/fullDisk.ts"
import { logsSuite, server } from "../../suites/logs.ts"
import { siteServer } from "./siteServer.ts"

logsSuite(
  "a site",
  Effect.sync(() => {
    const disk = fullDisk(new MemoryDisk())
    return {
      fill: disk.fill,
      start: Effect.gen(function*() {
        const store = yield* disk.store
        const services = Layer.merge(Layer.succeed(Store, store), Layer.succeed(Crypto, nodeCrypto))
        const site = yield* Layer.build(
          SiteEntityLayers.layer(siteServer(server)).pipe(Layer.provideMerge(TestRunner.layer), Layer.provide(services))
        )
        const logs = ClusterLogs.make(server).pipe(Effect.provide(site), Effect.provideService(Store, store))
        return { here: yield* logs, there: yield* logs, store }
      })
    }
  })
)
