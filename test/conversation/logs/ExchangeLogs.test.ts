import * as Effect from "effect/Effect"
import * as ServerLogs from "../../../src/conversation/logs/ServerLogs.ts"
import { MemoryDisk } from "../../../src/conversation/store/MemoryDisk.ts"
import { Store } from "../../../src/conversation/store/Store.ts"
import { nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"
import { nodeSignatures } from "../../../src/node/security/NodeSignatures.ts"
import { Crypto } from "../../../src/security/Crypto.ts"
import { Signatures } from "../../../src/security/Signatures.ts"
import { logsSuite, server } from "../../suites/logs.ts"
import { fullDisk } from "./fullDisk.ts"

logsSuite(
  "one process",
  Effect.sync(() => {
    const disk = fullDisk(new MemoryDisk())
    const { keyPair } = nodeCrypto.generate()
    return {
      fill: disk.fill,
      start: Effect.gen(function*() {
        const store = yield* disk.store
        const { logs } = yield* ServerLogs.open({
          name: server,
          fallback: server,
          host: keyPair,
          warn: () => undefined
        }).pipe(
          Effect.provideService(Store, store),
          Effect.provideService(Crypto, nodeCrypto),
          Effect.provideService(Signatures, nodeSignatures)
        )
        return { here: logs, there: logs, store }
      })
    }
  })
)
