/** Two linked servers: ours with a published one, and two of ours, with published clients over real sockets. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { tidy } from "../../processes/holub.ts"
import type { Service } from "./Client.ts"
import { Host } from "./Ours.ts"
import { hasPython, needsPython, Stage, type StageClient } from "./Stage.ts"

/** All that a client has seen; texts have no marks. */
const seen = ({ screen }: StageClient): string => screen.replaceAll("\n", "")

/** Passes connections on, to a server whose port is not known yet. */
const passage = async () => {
  let to: number | undefined
  const sockets = new Set<Socket>()
  const server = createServer((inner) => {
    if (to === undefined) return void inner.destroy()
    const outer = connect(to, "127.0.0.1")
    for (const [one, other] of [[inner, outer], [outer, inner]] as const) {
      sockets.add(one)
      one.on("error", () => undefined)
      one.on("close", () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    port: (server.address() as AddressInfo).port,
    lead: (port: number) => {
      to = port
    },
    cut: () => sockets.forEach((socket) => socket.destroy()),
    close: () => server.close()
  }
}

describe.skipIf(!hasPython).concurrent(`two linked servers${needsPython}`, () => {
  let stage: Stage
  beforeAll(() => {
    stage = new Stage()
  })
  afterAll(tidy)

  const hostOf = async (peer: number): Promise<Host> => {
    const host = new Host([`linked=peer:127.0.0.1~${peer}`])
    await host.start()
    return host
  }
  const isLinked = (host: Host, since = 0) =>
    host.line(({ text, type }) => type === "logged" && String(text).startsWith("linked with"), since)
  /** A client that the server knows. */
  const introduced = async (service: Service, name: string): Promise<StageClient> => {
    const client = await stage.client("linked", service)
    await client.says(`I am ${name}. `)
    await client.sees(`I am ${name}. `)
    return client
  }

  it("ours and a published one: each text comes once, none circles, and a sudden end is survived", async () => {
    const published = await stage.server("linked")
    const host = await hostOf(published.port)
    const service = host.service("linked")
    await isLinked(host)
    published.types(String(service.port))
    await published.sees("linked")
    const ala = await introduced(service, "ala")
    const bo = await introduced(published, "bo")
    await ala.sees("I am bo. ")
    for (let round = 1; round <= 5; round++) {
      await ala.says(`ala ${round}. `)
      await Promise.all([ala.sees(`ala ${round}. `), bo.sees(`ala ${round}. `)])
      await bo.says(`bo ${round}. `)
      await Promise.all([ala.sees(`bo ${round}. `), bo.sees(`bo ${round}. `)])
    }
    const talk = [1, 2, 3, 4, 5].map((round) => `ala ${round}. bo ${round}. `).join("")
    // A text that is on its way when a client comes may reach it or not.
    const seenBy = (client: StageClient) => seen(client).replace("I am ala. ", "")
    expect([seenBy(ala), seenBy(bo)]).toEqual([`I am bo. ${talk}`, `I am bo. ${talk}`])

    const before = host.lines.length
    await published.dies("reset")
    await host.line(({ text }) => String(text).startsWith("the link with"), before)
    await ala.says("alone. ")
    await ala.sees("alone. ")
    const returned = await stage.server("linked", {}, published.port)
    await isLinked(host, before)
    returned.types(String(service.port))
    await returned.sees("linked")
    const cyr = await introduced(returned, "cyr")
    await ala.sees("I am cyr. ")
    await ala.says("welcome. ")
    await cyr.sees("welcome. ")
    expect(seen(cyr)).toBe("I am cyr. welcome. ")
    expect(seen(ala)).toBe(`I am ala. I am bo. ${talk}alone. I am cyr. welcome. `)
  })

  it("two of ours: the same text twice in a row comes twice, on both sides, and a link that was cut is made anew", async () => {
    const way = await passage()
    const one = await hostOf(way.port)
    const other = await hostOf(one.service("linked").port)
    way.lead(other.service("linked").port)
    await Promise.all([isLinked(one), isLinked(other)])
    const ala = await introduced(one.service("linked"), "ala")
    const bo = await introduced(other.service("linked"), "bo")
    await ala.sees("I am bo. ")
    for (const client of [ala, bo]) {
      await client.says("ok. ")
      await client.says("ok. ")
    }
    await Promise.all([ala, bo].map((client) => client.sees(/(?:ok\. \n*){4}/)))
    const talk = "ok. ".repeat(4)
    expect([ala, bo].map((client) => seen(client).replace("I am ala. ", ""))).toEqual([
      `I am bo. ${talk}`,
      `I am bo. ${talk}`
    ])

    const before = one.lines.length
    way.cut()
    await isLinked(one, before)
    await ala.says("again. ")
    await bo.sees("again. ")
    await bo.says("again. ")
    await Promise.all([ala, bo].map((client) => client.sees(/(?:again\. \n*){2}/)))
    way.close()
  })
})
