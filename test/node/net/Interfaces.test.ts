import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { NetworkInterfaceInfo } from "node:os"
import { Socket } from "../../../src/net/Socket.ts"
import { checkingAddresses } from "../../../src/node/net/Interfaces.ts"
import * as NodeSocket from "../../../src/node/net/NodeSocket.ts"
import * as OffloadSocket from "../../../src/node/net/OffloadSocket.ts"
import { recorder } from "../../suites/socket.ts"
import { make } from "./fakeHost.ts"

const mac = "00:00:00:00:00:00"
const v4 = (cidr: string): NetworkInterfaceInfo => ({
  address: cidr.split("/")[0] ?? "",
  cidr,
  family: "IPv4",
  internal: false,
  mac,
  netmask: ""
})
const v6 = (address: string, scopeid: number): NetworkInterfaceInfo => ({
  address,
  cidr: `${address}/64`,
  family: "IPv6",
  internal: false,
  mac,
  netmask: "",
  scopeid
})

const interfaces = () => ({
  lo: [v4("127.0.0.1/8"), v6("::1", 0)],
  eth0: [v4("192.0.2.7/24"), v6("2001:db8::7", 0), v6("fe80::7", 2)],
  wlan0: [v4("198.51.100.130/25"), v6("fe80::8", 3)],
  ppp0: [v4("203.0.113.2/31"), v4("203.0.113.9/32")],
  down: undefined
})

/** Sockets that record the hosts of their attempts. */
const checked = (listed: typeof interfaces | (() => object) = interfaces) => {
  const host = make([])
  const shape = checkingAddresses(
    {
      resolve: (name) => Effect.succeed([name]),
      bind: host.bind,
      connect: (peer, handler) => host.bind(peer, handler)
    },
    listed as typeof interfaces
  )
  return { shape, attempts: host.attempts }
}

const { handler } = recorder()
const system = process.platform === "win32" ? { eth0: "2", wlan0: "3" } : { eth0: "eth0", wlan0: "wlan0" }

describe.each(["bind", "connect"] as const)("%s", (verb) => {
  it.scoped.each<readonly [string, string]>([
    ["fe80::1%eth0", `fe80::1%${system.eth0}`],
    ["fe80::1%2", `fe80::1%${system.eth0}`],
    ["FE80::1%3", `FE80::1%${system.wlan0}`],
    ["febf::1%wlan0", `febf::1%${system.wlan0}`]
  ])("passes the zone of %s in the form that the system takes (W16)", ([written, passed]) =>
    Effect.gen(function*() {
      const { attempts, shape } = checked()
      yield* shape[verb]({ host: written, port: 1 }, handler)
      expect(attempts).toEqual([`[${passed}]:1`])
      expect(yield* shape.resolve(written)).toEqual([passed])
    }))

  it.scoped.each<readonly [string, string]>([
    ["fe80::1", "the link-local address fe80::1 needs an interface: write fe80::1%eth0 or fe80::1%wlan0"],
    ["fe80::1%eth9", "no interface eth9 has a link-local address: write fe80::1%eth0 or fe80::1%wlan0"],
    ["fe80::1%4", "no interface 4 has a link-local address: write fe80::1%eth0 or fe80::1%wlan0"],
    ["fe80::1%lo", "no interface lo has a link-local address: write fe80::1%eth0 or fe80::1%wlan0"],
    ["10.0.0.1%eth0", "10.0.0.1%eth0 is not an address: IPv4 has no zones"]
  ])("refuses %s, and names the interfaces (W16)", ([host, message]) =>
    Effect.gen(function*() {
      const { attempts, shape } = checked()
      const error = yield* Effect.flip(shape[verb]({ host, port: 1 }, handler))
      expect(error).toMatchObject({ reason: "InvalidZone", message })
      expect(attempts).toEqual([])
      expect(yield* shape.resolve(host)).toEqual([host])
    }))

  it.scoped("says that no interface has IPv6", () =>
    Effect.gen(function*() {
      const { shape } = checked(() => ({ lo: [v4("127.0.0.1/8")] }))
      expect(yield* Effect.flip(shape[verb]({ host: "fe80::1", port: 1 }, handler))).toMatchObject({
        message: "the link-local address fe80::1 needs an interface: this machine has none with IPv6"
      })
    }))

  it.scoped.each(["192.0.2.255", "198.51.100.255", "127.255.255.255"])(
    "refuses %s, the broadcast address of a network of this machine (W17)",
    (host) =>
      Effect.gen(function*() {
        const { attempts, shape } = checked()
        expect(yield* Effect.flip(shape[verb]({ host, port: 1 }, handler))).toMatchObject({ reason: "NotUnicast" })
        expect(attempts).toEqual([])
      })
  )

  it.scoped.each([
    "192.0.2.8",
    "198.51.100.127",
    "203.0.113.3",
    "203.0.113.9",
    "10.255.255.255",
    "0.0.0.0",
    "2001:db8::1",
    "::1"
  ])("passes %s unchanged", (host) =>
    Effect.gen(function*() {
      const { attempts, shape } = checked()
      yield* shape[verb]({ host, port: 1 }, handler)
      expect(attempts).toEqual([host.includes(":") ? `[${host}]:1` : `${host}:1`])
    }))
})

describe.each([["NodeSocket", NodeSocket.layer], ["OffloadSocket", OffloadSocket.layer]] as const)("%s", (_, layer) => {
  it.scoped.each(["allowed", "forbidden"] as const)(
    "checks addresses with fragmentation %s",
    (fragmentation) =>
      Effect.gen(function*() {
        const socket = yield* Socket
        for (const open of [socket.bind, socket.connect]) {
          const failing = (host: string) => Effect.flip(open({ host, port: 1 }, handler, { fragmentation }))
          expect(yield* failing("fe80::1")).toMatchObject({ reason: "InvalidZone" })
          expect(yield* failing("127.255.255.255")).toMatchObject({ reason: "NotUnicast" })
        }
      }).pipe(Effect.provide(layer))
  )
})
