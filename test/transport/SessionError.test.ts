import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { SocketError } from "../../src/net/Socket.ts"
import { isTransient, ofSocket, SessionError, SessionReason } from "../../src/transport/SessionError.ts"

describe("a session's error", () => {
  it("is encoded and decoded by its Schema", () => {
    const error = new SessionError({ reason: "Declined", peer: "[::1]:4040", message: "no room", detail: "NoSpace" })
    const decoded = Schema.decodeUnknownSync(SessionError)(Schema.encodeSync(SessionError)(error))
    expect(decoded).toEqual(error)
    expect(decoded).toBeInstanceOf(SessionError)
  })

  it("of a socket keeps its reason, its address and its message; a refused datagram is Unreachable", () => {
    const socketError = (reason: SocketError["reason"]) => new SocketError({ reason, address: "a:1", message: "why" })
    expect(ofSocket(socketError("AddressInUse"))).toMatchObject({ reason: "AddressInUse", peer: "a:1", message: "why" })
    expect(ofSocket(socketError("Refused"))).toMatchObject({ reason: "Unreachable" })
    const behind = socketError("Denied")
    expect(ofSocket(behind).cause).toBe(behind)
  })

  it("is transient if another attempt to connect may succeed", () => {
    const transient = SessionReason.literals.filter((reason) =>
      isTransient(new SessionError({ reason, peer: "", message: "" }))
    )
    expect(transient.toSorted()).toEqual([
      "Closed",
      "HostNotFound",
      "Lost",
      "PeerRestarted",
      "ServerFull",
      "Silent",
      "Unreachable"
    ])
  })
})
