import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { networkInterfaces } from "node:os"
import { SocketError } from "../../../src/net/Socket.ts"
import { membershipIn } from "../../../src/node/net/MulticastGroup.ts"
import * as NodeSocket from "../../../src/node/net/NodeSocket.ts"
import * as OffloadSocket from "../../../src/node/net/OffloadSocket.ts"
import { multicastSuite } from "../../suites/multicast.ts"
import { recorder } from "../../suites/socket.ts"
import { multicastLoopbacks } from "../multicastLoopbacks.ts"

for (const groups of multicastLoopbacks) {
  multicastSuite(`dgram at ${groups.group}`, NodeSocket.layer, groups)
}
const [first] = multicastLoopbacks
if (first !== undefined) multicastSuite("the sockets of the program", OffloadSocket.layer, first)

it.skipIf(multicastLoopbacks.length > 0)("this machine has no multicast on loopback: its suite was left out", () => {
  expect(multicastLoopbacks).toEqual([])
})

const hosts: ReturnType<typeof networkInterfaces> = {
  lo: [
    { address: "127.0.0.1", netmask: "255.0.0.0", family: "IPv4", mac: "", internal: true, cidr: "127.0.0.1/8" }
  ],
  eth0: [
    { address: "192.0.2.7", netmask: "255.255.255.0", family: "IPv4", mac: "", internal: false, cidr: null },
    { address: "fe80::7", netmask: "", family: "IPv6", mac: "", internal: false, cidr: null, scopeid: 2 },
    { address: "2001:db8::7", netmask: "", family: "IPv6", mac: "", internal: false, cidr: null, scopeid: 0 }
  ]
}
/** How the system names the interface eth0. */
const eth0 = process.platform === "win32" ? "2" : "eth0"

describe("the interface of a membership", () => {
  const at = (host: string, wanted?: string) => membershipIn({ host, port: 4041 }, wanted, hosts)

  it("is the system's choice without one", () => {
    expect(at("239.255.40.40")).toEqual({ host: "239.255.40.40", via: undefined })
    expect(at("ff15::1")).toEqual({ host: "ff15::1", via: undefined })
  })

  it("is found by its name and by each of its addresses", () => {
    expect(["lo", "127.0.0.1"].map((wanted) => at("239.255.40.40", wanted))).toEqual(
      Array.from({ length: 2 }, () => ({ host: "239.255.40.40", via: "127.0.0.1" }))
    )
    expect(["eth0", "2001:db8::7", "fe80::7", "fe80::7%eth0"].map((wanted) => at("ff15::1", wanted))).toEqual(
      Array.from({ length: 4 }, () => ({ host: `ff15::1%${eth0}`, via: `::%${eth0}` }))
    )
  })

  it("is the zone of the group, where it has one", () => {
    expect(at("ff02::1%eth0")).toEqual({ host: `ff02::1%${eth0}`, via: `::%${eth0}` })
  })

  it("is refused if this machine has none, or none of the family, with those that it has", () => {
    const messages = [at("239.255.40.40", "eth9"), at("ff15::1", "lo"), at("ff15::1", "127.0.0.1")].map((error) =>
      error instanceof SocketError ? [error.reason, error.message] : error
    )
    expect(messages).toEqual([
      ["AddressNotAvailable", "\"eth9\" is no interface with IPv4: this machine has lo, eth0"],
      ["AddressNotAvailable", "\"lo\" is no interface with IPv6: this machine has eth0"],
      ["AddressNotAvailable", "\"127.0.0.1\" is no interface with IPv6: this machine has eth0"]
    ])
  })
})

it.scoped("a group is not joined on an interface that this machine does not have", () =>
  Effect.gen(function*() {
    const { bind } = NodeSocket.make("")
    const joining = bind({ host: "239.255.40.40", port: 0 }, recorder().handler, {
      multicast: { interface: "nowhere0" }
    })
    expect(yield* Effect.flip(joining)).toMatchObject({ reason: "AddressNotAvailable", address: "239.255.40.40:0" })
  }))
