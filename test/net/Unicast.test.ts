import { describe, expect, it } from "vitest"
import { broadcastError, destinationError, groupError, listeningError } from "../../src/net/Unicast.ts"

const at = (host: string, port = 4040) => ({ host, port })

const multicast = [
  "224.0.0.1",
  "239.1.2.3",
  "239.255.255.255",
  "ff02::1",
  "FF02::1%eth0",
  "ff0e::1",
  "::ffff:224.0.0.1"
]
const broadcast = ["255.255.255.255", "::ffff:255.255.255.255", "::ffff:ffff:ffff"]
const wildcards = ["0.0.0.0", "::", "::0", "0:0:0:0:0:0:0:0", "::ffff:0.0.0.0", "::ffff:0:0"]
const machines = [
  "192.0.2.1",
  "127.0.0.1",
  "223.255.255.255",
  "240.0.0.1",
  "10.0.0.255",
  "::1",
  "2001:db8::1",
  "fe80::ff02:1%eth0",
  "::ffff:192.0.2.1",
  "localhost",
  "ff02.example"
]

describe("a destination", () => {
  it.each([...multicast, ...broadcast, ...wildcards])("%s is not one machine (W17)", (host) => {
    expect(destinationError(at(host))).toMatchObject({ reason: "NotUnicast", message: expect.stringContaining(host) })
  })

  it.each(machines)("%s may be one machine", (host) => {
    expect(destinationError(at(host))).toBeUndefined()
  })

  it("with port 0 is no server", () => {
    expect(destinationError(at("192.0.2.1", 0))).toMatchObject({ reason: "NotUnicast", address: "192.0.2.1:0" })
  })
})

describe("an address to listen at", () => {
  it.each([...multicast, ...broadcast])("%s would receive what is sent to many (W17)", (host) => {
    expect(listeningError(at(host))).toMatchObject({ reason: "NotUnicast" })
  })

  it.each([...machines, ...wildcards])("%s may be one of this machine, with any port", (host) => {
    expect(listeningError(at(host, 0))).toBeUndefined()
  })
})

describe("the address of a multicast group", () => {
  it.each(multicast)("may be %s", (host) => {
    expect(groupError(at(host))).toBeUndefined()
  })

  it.each([...broadcast, ...wildcards, ...machines])("is not %s", (host) => {
    expect(groupError(at(host))).toMatchObject({
      reason: "AddressNotAvailable",
      message: expect.stringContaining(host)
    })
  })
})

it("a broadcast address is named", () => {
  expect(broadcastError(at("10.0.0.255"))).toMatchObject({
    reason: "NotUnicast",
    address: "10.0.0.255:4040",
    message: "10.0.0.255 is a broadcast address, not the address of one machine"
  })
})
