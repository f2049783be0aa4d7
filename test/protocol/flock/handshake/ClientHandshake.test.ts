import { describe, expect, it } from "@effect/vitest"
import { crc32 } from "node:zlib"
import type {
  ClientHandshake,
  ClientHandshakeResult
} from "../../../../src/protocol/flock/handshake/ClientHandshake.ts"
import { hello2, hello3, versions } from "../../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { sealWithCrc } from "../../../../src/protocol/flock/handshake/Protection.ts"
import { form } from "../../../../src/protocol/flock/wire/Packet.ts"
import { encode } from "../../../../src/protocol/flock/wire/TransportParameters.ts"
import { fromHex } from "../frames.ts"
import { clientHandshake, mustRead, parameters } from "../handshakes.ts"

const handle = (client: ClientHandshake, bytes: Uint8Array, now = 0): ClientHandshakeResult | undefined =>
  client.handlePacket(bytes, 0, bytes.length, now)

const serverParameters = { ...parameters, maxStreams: 9 }
const hello2Bytes = hello2(crc32, 77, 1234, encode(serverParameters))

describe("a client's handshake", () => {
  it("sends HELLO immediately, again after 300, 600 and 1,200 ms, and then every 2 s", () => {
    const client = clientHandshake()
    const sentAt: Array<number> = []
    for (let now = 5; now <= 8200; now += 5) if (client.pollTransmit(now) !== undefined) sentAt.push(now)
    expect(sentAt).toEqual([5, 305, 905, 2105, 4105, 6105, 8105])
    expect(client.deadline).toBe(10_105)
  })

  it("sends the same HELLO each time, which contains only the client's id", () => {
    const client = clientHandshake()
    const first = client.pollTransmit(0)?.slice()
    expect(client.pollTransmit(300)).toEqual(first)
    expect(mustRead(first)).toMatchObject({
      form: form.hello,
      clientId: 77,
      protection: "crc",
      message: new Uint8Array(0)
    })
  })

  it("ends with HELLO2: both connection ids, the server's parameters, and HELLO3 with ours", () => {
    const client = clientHandshake()
    client.pollTransmit(100)
    const agreed = handle(client, hello2Bytes, 142)
    expect(agreed).toMatchObject({
      _tag: "Agreed",
      agreement: {
        localId: 77,
        remoteId: 1234,
        peer: serverParameters,
        roundTripMillis: 42,
        protection: { name: "crc" }
      }
    })
    if (agreed?._tag === "Agreed") expect(agreed.agreement.prefix).toEqual(hello3(crc32, 1234, encode(parameters)))
  })

  it("measures no round trip when HELLO was sent twice, because either may have been answered", () => {
    const client = clientHandshake()
    client.pollTransmit(0)
    client.pollTransmit(300)
    const agreed = handle(client, hello2Bytes, 310)
    expect(agreed?._tag === "Agreed" && agreed.agreement.roundTripMillis).toBe(undefined)
  })

  it("ignores packets that are not its response", () => {
    const client = clientHandshake()
    client.pollTransmit(0)
    const damaged = hello2Bytes.slice()
    damaged[30] = (damaged[30] ?? 0) ^ 1
    const others = [
      damaged,
      hello2(crc32, 78, 1234, encode(serverParameters)),
      hello2(crc32, 77, 1234, fromHex("05")),
      hello3(crc32, 77, encode(serverParameters)),
      versions(crc32, 78),
      new Uint8Array(0)
    ]
    expect(others.map((bytes) => handle(client, bytes))).toEqual(others.map(() => undefined))
    expect(handle(client, hello2Bytes)?._tag).toBe("Agreed")
  })
})

describe("VERSION", () => {
  it("lists the versions that the server supports", () => {
    const other = versions(crc32, 77)
    other[14] = 2
    sealWithCrc(crc32, other, 0, other.length - 4)
    expect(handle(clientHandshake(), other)).toEqual({ _tag: "OtherVersion", versions: [0x66_6c_6b_02] })
  })

  it("that lists our version is ignored", () => {
    expect(handle(clientHandshake(), versions(crc32, 77))).toBeUndefined()
  })
})
