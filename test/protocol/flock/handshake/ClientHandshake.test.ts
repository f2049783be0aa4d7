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
import { callingOf, mustRead, parameters } from "../handshakes.ts"

const handle = (calling: ClientHandshake, bytes: Uint8Array, now = 0): ClientHandshakeResult | undefined =>
  calling.handlePacket(bytes, 0, bytes.length, now)

const theirs = { ...parameters, maxStreams: 9 }
const answer = hello2(crc32, 77, 1234, encode(theirs))

describe("a client's handshake", () => {
  it("sends HELLO at once, and again after 300, 600, 1,200 ms and then every 2 s", () => {
    const calling = callingOf()
    const sentAt: Array<number> = []
    for (let now = 5; now <= 8200; now += 5) if (calling.pollTransmit(now) !== undefined) sentAt.push(now)
    expect(sentAt).toEqual([5, 305, 905, 2105, 4105, 6105, 8105])
    expect(calling.deadline).toBe(10_105)
  })

  it("sends the same HELLO every time, with nothing in it but the client's id", () => {
    const calling = callingOf()
    const first = calling.pollTransmit(0)?.slice()
    expect(calling.pollTransmit(300)).toEqual(first)
    expect(mustRead(first)).toMatchObject({
      form: form.hello,
      clientId: 77,
      protection: "crc",
      message: new Uint8Array(0)
    })
  })

  it("ends with HELLO2: both sides' ids, the server's parameters, and HELLO3 with ours", () => {
    const calling = callingOf()
    calling.pollTransmit(100)
    const agreed = handle(calling, answer, 142)
    expect(agreed).toMatchObject({
      type: "Agreed",
      agreement: { localId: 77, remoteId: 1234, peer: theirs, roundTripMillis: 42, protection: { name: "crc" } }
    })
    if (agreed?.type === "Agreed") expect(agreed.agreement.prefix).toEqual(hello3(crc32, 1234, encode(parameters)))
  })

  it("does not tell a round trip once HELLO went twice: which one was answered?", () => {
    const calling = callingOf()
    calling.pollTransmit(0)
    calling.pollTransmit(300)
    const agreed = handle(calling, answer, 310)
    expect(agreed?.type === "Agreed" && agreed.agreement.roundTripMillis).toBe(undefined)
  })

  it("does not care for what is not its answer", () => {
    const calling = callingOf()
    calling.pollTransmit(0)
    const damaged = answer.slice()
    damaged[30] = (damaged[30] ?? 0) ^ 1
    const others = [
      damaged,
      hello2(crc32, 78, 1234, encode(theirs)),
      hello2(crc32, 77, 1234, fromHex("05")),
      hello3(crc32, 77, encode(theirs)),
      versions(crc32, 78),
      new Uint8Array(0)
    ]
    expect(others.map((bytes) => handle(calling, bytes))).toEqual(others.map(() => undefined))
    expect(handle(calling, answer)?.type).toBe("Agreed")
  })
})

describe("VERSION", () => {
  it("tells which versions the server speaks", () => {
    const other = versions(crc32, 77)
    other[14] = 2
    sealWithCrc(crc32, other, 0, other.length - 4)
    expect(handle(callingOf(), other)).toEqual({ type: "OtherVersion", versions: [0x66_6c_6b_02] })
  })

  it("with ours in it is not believed", () => {
    expect(handle(callingOf(), versions(crc32, 77))).toBeUndefined()
  })
})
