/** The parts of the sources that `bench/services.mjs` uses, for bundling: rooms with apps behind listeners of TCP. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { named } from "../../src/apps/Apps.ts"
import * as Rooms from "../../src/conversation/Rooms.ts"
import * as SocketListener from "../../src/conversation/SocketListener.ts"
import * as NodeTcp from "../../src/node/net/NodeTcp.ts"
import * as NodeCrypto from "../../src/node/security/NodeCrypto.ts"
import * as FramingName from "../../src/protocol/framing/FramingName.ts"
import * as TcpSockets from "../../src/transport/platform/TcpSockets.ts"

/** Serves an app as `holub serve --app` does; resolves to its port, and serves until the process ends. */
export const serve = (name: string, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const app = named(name)
    const dialect = app?.dialects[0]
    if (app === undefined || dialect === undefined) throw new Error(`there is no app "${name}"`)
    const framing = FramingName.parse(dialect.framing)
    if (typeof framing === "string") throw new Error(framing)
    const serving = Effect.gen(function*() {
      const room = yield* Rooms.open(app)
      const server = yield* TcpSockets.server({ host, port: 0 })
      resolve(server.address._tag === "TcpAddress" ? server.address.port : 0)
      return yield* SocketListener.serve(server, room, { framing, transport: "tcp" })
    })
    const services = Layer.merge(NodeTcp.layer, NodeCrypto.layer)
    Effect.runPromise(Effect.scoped(Effect.provide(serving, services))).catch(reject)
  })
