/** Services over datagrams. */
import { expect } from "vitest"
import { alone, type Scene } from "./Scene.ts"

export const datagrams: ReadonlyArray<Scene> = [
  {
    title: "open-port answers three times",
    service: "open-port",
    transport: "udp",
    play: alone(
      ["one", "two", "three"],
      "Hello from me also\nHello from me also\nWoow..we speak on the edge\n"
    )
  },
  {
    title: "heartbeat sends the time to the first that spoke",
    service: "heartbeat",
    app: "heartbeat=every:1",
    transport: "udp",
    play: async (open) => {
      const client = await open()
      await client.says("hi")
      await client.sees(/(?:.+\n){2}/)
    }
  },
  {
    title: "datagram-chat passes on to every other address",
    service: "datagram-chat",
    transport: "udp",
    play: async (open) => {
      const ala = await open()
      await ala.says("ala")
      const bo = await open()
      await bo.says("bo")
      await ala.sees("[bo] => join chat")
      await ala.says("ahoj")
      await bo.sees("[ala] :: ahoj")
      bo.end()
      await bo.leaves()
      await ala.sees("[bo] <= left chat")
      expect(bo.screen).toBe("[ala] :: ahoj\n")
      ala.end()
      await ala.leaves()
    }
  },
  {
    title: "rendezvous lets two meet",
    service: "rendezvous",
    transport: "udp",
    play: async (open) => {
      const ala = await open()
      await ala.says("holub")
      await ala.sees("wait")
      const bo = await open()
      await bo.says("holub")
      await Promise.all([ala.sees("peer"), bo.sees("peer")])
      ala.types("ahoj")
      bo.types("čau")
      await Promise.all([ala.sees("čau"), bo.sees("ahoj")])
      await Promise.all([ala.leaves(), bo.leaves()])
    }
  }
]
