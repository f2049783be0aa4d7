/**
 * A host of a site as a process: URL of the database, private key as hex. It posts what stands in each line of its input, `DEVICE N`, in the
 * room hall. It prints `opened` each time the room starts at it, `joined PORT`, `recorded TEXT` and `done DEVICE N RESULT`.
 */
import * as Effect from "effect/Effect"
import { createInterface } from "node:readline"
import { Store } from "../../src/conversation/store/Store.ts"
import * as ClusterRunner from "../../src/node/cluster/ClusterRunner.ts"
import * as NodeTcp from "../../src/node/net/NodeTcp.ts"
import * as NodeCrc from "../../src/node/NodeCrc.ts"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"
import { nodeSignatures } from "../../src/node/security/NodeSignatures.ts"
import * as PostgresStore from "../../src/node/store/PostgresStore.ts"
import { bytesOfHex } from "../../src/protocol/Hex.ts"
import { Crypto } from "../../src/security/Crypto.ts"
import * as EventSigner from "../../src/security/EventSigner.ts"

const [url = "", key = ""] = process.argv.slice(2)
const server = "alpha.example"
const say = (...words: ReadonlyArray<unknown>): void => void process.stdout.write(`${words.join(" ")}\n`)

const hosting = Effect.gen(function*() {
  const store = yield* PostgresStore.open(url)
  const host = nodeCrypto.keyPair(bytesOfHex(key))
  const newSigner = () => {
    say("opened")
    return EventSigner.eventSigner(nodeCrypto, nodeSignatures, host, server)
  }
  const { local, logs } = yield* ClusterRunner.open({
    site: { server, newSigner, checks: EventSigner.eventChecks(nodeCrypto, nodeSignatures) },
    host,
    local: { host: "127.0.0.1", port: 0 },
    url
  }).pipe(Effect.provideService(Store, store))
  yield* logs.make("hall", { access: "public", servers: [] })
  const view = yield* logs.follow("hall", (news) => {
    if (news._tag === "Recorded") say("recorded", String(news.event.body?.["text"]))
    if (news._tag === "Failed") say("failed", news.reason)
  })
  say("joined", local.port)
  createInterface({ input: process.stdin }).on("line", (line) => {
    const [device = "", n = ""] = line.split(" ")
    const post = { time: 0, author: `ala@${server}`, device, n: Number(n), kind: "said", body: { text: line } }
    view.post(post, (result) => say("done", line, typeof result === "string" ? result : result._tag))
  })
  return yield* Effect.never
})

Effect.runFork(
  Effect.scoped(hosting).pipe(
    Effect.provide([NodeTcp.layer, NodeCrc.layer]),
    Effect.provideService(Crypto, nodeCrypto),
    Effect.tapErrorCause((cause) => Effect.sync(() => say("error", String(cause))))
  )
)
