import { describe, expect, it } from "@effect/vitest"
import { crc32 } from "node:zlib"
import type {
  ClientHandshake,
  ClientHandshakeResult
} from "../../../../src/protocol/flock/handshake/ClientHandshake.ts"
import * as HandshakeLimits from "../../../../src/protocol/flock/handshake/HandshakeLimits.ts"
import { hello2, hello3, retry } from "../../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { encodeServer } from "../../../../src/protocol/flock/handshake/HandshakePayload.ts"
import { sealWithCrc } from "../../../../src/protocol/flock/handshake/Protection.ts"
import { form } from "../../../../src/protocol/flock/wire/Packet.ts"
import { fromHex } from "../frames.ts"
import {
  clientHandshake,
  clientPayload,
  keyedHandshakeWith,
  mustRead,
  parameters,
  resetToken,
  serverPayload,
  versionsOf
} from "../handshakes.ts"

const handle = (client: ClientHandshake, bytes: Uint8Array, now = 0): ClientHandshakeResult | undefined =>
  client.handlePacket(bytes, 0, bytes.length, now)

const serverParameters = { ...parameters, maxStreams: 9 }
const hello2Bytes = hello2(crc32, 77, 1234, serverPayload(1234, serverParameters))

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
    if (agreed?._tag === "Agreed") expect(agreed.agreement.prefix).toEqual(hello3(crc32, 1234, clientPayload()))
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
      hello2(crc32, 78, 1234, serverPayload(1234, serverParameters)),
      hello2(crc32, 77, 1234, fromHex("05")),
      hello3(crc32, 77, serverPayload(1234, serverParameters)),
      versionsOf(78),
      new Uint8Array(0)
    ]
    expect(others.map((bytes) => handle(client, bytes))).toEqual(others.map(() => undefined))
    expect(handle(client, hello2Bytes)?._tag).toBe("Agreed")
  })
})

describe("VERSION", () => {
  it("lists the versions that the server supports", () => {
    const other = versionsOf(77)
    other[14] = 3
    sealWithCrc(crc32, other, 0, other.length - 4)
    expect(handle(clientHandshake(), other)).toEqual({
      _tag: "OtherVersion",
      offers: [{ version: 0x66_6c_6b_03, protections: ["crc"] }]
    })
  })

  it("that lists our version is ignored", () => {
    expect(handle(clientHandshake(), versionsOf(77))).toBeUndefined()
  })
})

describe("RETRY", () => {
  const token = new Uint8Array(21).fill(8)
  const retryTo = (clientId: number, bytes = token): Uint8Array => retry(crc32, clientId, bytes)
  const sentBy = (client: ClientHandshake, now: number) => {
    const bytes = client.pollTransmit(now)
    const packet = bytes === undefined ? undefined : mustRead(bytes)
    return packet?.form === form.hello ? packet : undefined
  }

  it("is followed at once, with the same message and its token", () => {
    const client = clientHandshake()
    const first = sentBy(client, 0)
    expect(handle(client, retryTo(78), 5)).toBeUndefined()
    expect(client.deadline).toBe(300)
    handle(client, retryTo(77), 10)
    expect(sentBy(client, 10)).toEqual({ ...first, token })
    const agreed = handle(client, hello2Bytes, 50)
    expect(agreed?._tag === "Agreed" && agreed.agreement.roundTripMillis).toBe(40)
  })

  it("is forgotten after two HELLOs without an answer, and followed twice in an attempt (S3)", () => {
    const client = clientHandshake()
    const tokens: Array<number | undefined> = []
    for (let now = 0; now <= 9000; now += 100) {
      const sent = sentBy(client, now)
      if (sent === undefined) continue
      tokens.push(sent.token[0])
      // Each HELLO without a token gets another RETRY, whose token does not help.
      if (sent.token.length === 0) handle(client, retryTo(77, new Uint8Array(21).fill(now / 100 + 1)), now)
    }
    expect(tokens.slice(0, 2)).toEqual([undefined, 1])
    expect(tokens.filter((one) => one !== undefined)).toHaveLength(4)
    expect(tokens.slice(-2)).toEqual([undefined, undefined])
  })
})

describe("the server's key", () => {
  const key = new Uint8Array(32).fill(5)
  /** The first bytes of the keys of handshakes that were given up. */
  const freed: Array<number | undefined> = []
  const hello2Of = (first: number): Uint8Array =>
    hello2(crc32, 77, 1234, Uint8Array.of(first, ...serverPayload(1234, serverParameters)))
  const judging = (verdict: "Ask" | "Refuse") =>
    clientHandshake({
      makeHandshake: keyedHandshakeWith((peerKey) => void freed.push(peerKey?.[0])),
      judge: (found) => found?.[0] === 5 ? "Accept" : verdict
    })

  it("is passed on when it is not known, before HELLO3", () => {
    expect(handle(judging("Ask"), hello2Of(6))).toEqual({ _tag: "UnknownKey", key: new Uint8Array(32).fill(6) })
  })

  it("is in the agreement when it is accepted", () => {
    const agreed = handle(judging("Ask"), hello2Of(5))
    expect(agreed?._tag === "Agreed" && agreed.agreement.peerKey).toEqual(key)
  })

  it("that differs from the expected one does not end the attempt: the genuine HELLO2 may still come (C7)", () => {
    const client = judging("Refuse")
    client.pollTransmit(0)
    expect([handle(client, hello2Of(6), 40), handle(client, hello2Of(7), 50)]).toEqual([undefined, undefined])
    expect([client.otherKey(40), client.otherKey(2000)]).toEqual([undefined, undefined])
    freed.length = 0
    expect([handle(client, hello2Of(8), 1999), freed]).toEqual([undefined, [8]])
    expect([handle(client, hello2Of(5), 2000)?._tag, freed]).toEqual(["Agreed", [8]])
    expect(client.otherKey(40 + HandshakeLimits.otherKeyMillis)).toEqual(new Uint8Array(32).fill(6))
  })

  it("is read from sixteen HELLO2s at most", () => {
    const client = judging("Refuse")
    for (let count = 0; count < HandshakeLimits.hello2Reads; count++) handle(client, hello2Of(6))
    expect(handle(client, hello2Of(5))).toBeUndefined()
  })

  it("is not believed when the ids in header and message differ, or our version is missing", () => {
    const client = clientHandshake()
    const other = hello2(crc32, 77, 1235, serverPayload(1234))
    const older = hello2(
      crc32,
      77,
      1234,
      encodeServer({ serverId: 1234, resetToken, versions: [1], nextKey: undefined, parameters })
    )
    expect([handle(client, other), handle(client, older)]).toEqual([undefined, undefined])
  })
})
