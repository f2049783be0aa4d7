import { describe, expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { LinkedServer, LinkReport } from "../../../src/conversation/links/Links.ts"
import * as Links from "../../../src/conversation/links/Links.ts"
import { Crc } from "../../../src/net/Crc.ts"
import { Socket } from "../../../src/net/Socket.ts"
import { nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"
import * as NodeSecurity from "../../../src/node/security/NodeSecurity.ts"
import * as Router from "../../../src/transfer/Router.ts"
import * as FlockTransport from "../../../src/transport/flock/FlockTransport.ts"
import { listen } from "../../../src/transport/Transport.ts"
import { network, newWire, passing } from "../../suites/flockNetwork.ts"
import { type LinkedServer as Server, linkedServer } from "./linkedServer.ts"

const names = ["alpha.example", "beta.example", "gamma.example"] as const
type Name = typeof names[number]
const addressOf = (name: Name) => ({ host: "127.0.0.1", port: 4041 + names.indexOf(name) })
const open = { access: "public", servers: [] } as const

/** A network with servers that have keys; `start` runs one of them, with links to others, until the scope closes. */
const world = Effect.gen(function*() {
  const wire = newWire()
  const services = yield* Layer.build(network(wire))
  const sockets = Layer.succeedContext(Context.pick(Socket, Crc)(services))
  const hosts = new Map(names.map((name) => [name, nodeCrypto.generate()]))
  const linkTo = (name: Name, isDialed: boolean): LinkedServer => ({
    server: name,
    key: hosts.get(name)?.keyPair.publicKey ?? new Uint8Array(32),
    address: isDialed ? addressOf(name) : undefined
  })
  const reports: Array<string> = []
  const textOf = (report: LinkReport): string =>
    report._tag === "Refused"
      ? "Refused"
      : `${report._tag} ${report.server}${"text" in report ? `: ${report.text}` : ""}`
  const start = (name: Name, server: Server, linked: ReadonlyArray<LinkedServer>) => {
    const privateKey = hosts.get(name)?.privateKey
    const security = NodeSecurity.layerMemory({ hostKey: privateKey, identity: privateKey })
    const transport = Layer.provide(FlockTransport.layer(), Layer.merge(sockets, security))
    return Effect.gen(function*() {
      const report = (one: LinkReport) => void reports.push(`${name}: ${textOf(one)}`)
      const handler = yield* Links.keep(server.driver, { own: name, linked, report })
      const listener = yield* listen(addressOf(name))
      yield* Effect.forkScoped(Stream.runDrain(Router.run(listener, [handler])))
    }).pipe((serving) => Effect.flatMap(Layer.build(transport), (built) => Effect.provide(serving, built)))
  }
  return { wire, linkTo, reports, start }
})

const agreed = (servers: ReadonlyArray<Server>, count: number) =>
  passing(Effect.repeat(
    Effect.zipRight(Effect.sleep("50 millis"), Effect.all(servers.map(({ texts }) => texts))),
    { until: (all) => all.every(({ length }) => length === count) }
  ))

describe("the links of servers", () => {
  it.scoped("in a ring bring all to one log, also when each pair dials from both sides", () =>
    Effect.gen(function*() {
      const { linkTo, reports, start } = yield* world
      const servers = yield* Effect.forEach(names, (name) => linkedServer(name))
      for (const [at, server] of servers.entries()) {
        const name = names[at]
        if (name === undefined) continue
        server.driver.makeRoom("hall", open)
        const others = names.filter((other) => other !== name)
        yield* passing(start(name, server, others.map((other) => linkTo(other, true))))
      }
      for (let round = 0; round < 20; round++) {
        servers.forEach(({ says }, at) => says(`${round} of ${at}`))
        yield* passing(Effect.sleep("10 millis"))
      }
      yield* agreed(servers, 60)
      const [first = [], ...others] = yield* Effect.all(servers.map(({ texts }) => texts))
      for (const texts of others) expect(texts).toEqual(first)
      expect(reports.filter((report) => report.includes("Stopped"))).toEqual([])
    }))

  it.scoped("are tried again after a server was away, and what was posted meanwhile arrives", () =>
    Effect.gen(function*() {
      const { linkTo, reports, start } = yield* world
      const [one, other] = [yield* linkedServer("alpha.example"), yield* linkedServer("beta.example")]
      one.driver.makeRoom("hall", open)
      yield* passing(start("alpha.example", one, [linkTo("beta.example", true)]))
      one.says("early")
      const away = yield* Scope.make()
      yield* passing(Scope.extend(start("beta.example", other, [linkTo("alpha.example", false)]), away))
      yield* agreed([one, other], 1)
      yield* passing(Scope.close(away, Exit.void))
      one.says("meanwhile")
      yield* passing(Effect.sleep("5 seconds"))
      yield* passing(start("beta.example", other, [linkTo("alpha.example", false)]))
      yield* agreed([one, other], 2)
      expect(reports.some((report) => report.startsWith("alpha.example: Lost beta.example"))).toBe(true)
    }))

  it.scoped("are refused to a server that is not linked, with the reason", () =>
    Effect.gen(function*() {
      const { linkTo, reports, start } = yield* world
      const [one, other] = [yield* linkedServer("alpha.example"), yield* linkedServer("beta.example")]
      yield* passing(start("beta.example", other, []))
      yield* passing(start("alpha.example", one, [linkTo("beta.example", true)]))
      yield* passing(Effect.repeat(Effect.sleep("50 millis"), {
        until: () => reports.some((report) => report.includes("Stopped"))
      }))
      expect(reports).toEqual([
        "alpha.example: Opened beta.example",
        "beta.example: Refused",
        "alpha.example: Stopped beta.example: beta.example has ended the link: is not linked to beta.example"
      ])
    }))
})
