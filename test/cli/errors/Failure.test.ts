import { describe, expect, it } from "@effect/vitest"
import * as Failures from "../../../src/cli/errors/Failure.ts"
import { ExitCode } from "../../../src/cli/errors/Failure.ts"
import { type Reason as SocketReason, SocketError } from "../../../src/net/Socket.ts"
import { type Reason as StorageReason, StorageError } from "../../../src/storage/Storage.ts"
import {
  ConnectionError,
  type ConnectionReason,
  MessageRefused
} from "../../../src/transport/classic/ClassicConnection.ts"

describe("the exit codes", () => {
  it("are what scripts rely on", () => {
    expect(ExitCode).toEqual({
      ok: 0,
      unclassified: 1,
      usage: 2,
      unreachable: 3,
      lost: 5,
      declined: 6,
      localIo: 8,
      targetExists: 9,
      someFailed: 10,
      interrupted: 130,
      terminated: 143
    })
  })

  it.each(
    [
      [[], 0],
      [[0], 0],
      [[0, 0], 0],
      [[6], 6],
      [[6, 6], 6],
      [[0, 6], 10],
      [[6, 8], 10],
      [[8, 0, 0], 10]
    ] as const
  )("of several messages %j combine to %d", (codes, combined) => {
    expect(Failures.combined(codes)).toBe(combined)
  })
})

describe("a failure of the connection", () => {
  it.each<[ConnectionReason, number]>([
    ["Unreachable", 3],
    ["Lost", 5],
    ["Declined", 6],
    ["Ended", 6],
    ["TooLarge", 2]
  ])("%s is exit code %d, with a hint", (reason, exitCode) => {
    const failure = Failures.ofConnection(new ConnectionError({ reason, peer: "h:1", message: "it happened" }))
    expect(failure).toMatchObject({ code: reason, exitCode, message: "it happened" })
    expect(failure.hint).toMatch(/\w/)
  })
})

describe("a failure of storage", () => {
  it.each<[StorageReason, number]>([
    ["NotFound", 8],
    ["NotAFile", 8],
    ["Denied", 8],
    ["NoSpace", 8],
    ["OverQuota", 8],
    ["Changed", 8],
    ["Io", 8],
    ["TargetExists", 9],
    ["UnsafeName", 6]
  ])("%s is exit code %d", (reason, exitCode) => {
    const failure = Failures.ofStorage(new StorageError({ reason, path: "a", message: "it happened" }))
    expect(failure).toMatchObject({ code: reason, exitCode, message: "it happened" })
  })
})

describe("a failure of the socket", () => {
  const error = (reason: SocketReason) => new SocketError({ reason, address: "h:1", message: "it happened" })

  it("of serve is of its configuration and says what else to take", () => {
    for (const reason of ["AddressInUse", "AddressNotAvailable", "Denied"] as const) {
      expect(Failures.ofListening(error(reason))).toMatchObject({
        code: reason,
        exitCode: 2,
        hint: expect.stringContaining("--")
      })
    }
    expect(Failures.ofListening(error("Io"))).toMatchObject({ exitCode: 2, hint: undefined })
  })

  it("of send that this machine has too many of already is a local failure", () => {
    expect(Failures.ofConnecting(error("TooManyOpen"))).toMatchObject({ exitCode: 8, code: "TooManyOpen" })
  })

  it("of send is an unreachable peer, with a hint at address, port and firewall", () => {
    for (const reason of ["HostNotFound", "Unreachable", "Refused"] as const) {
      expect(Failures.ofConnecting(error(reason))).toMatchObject({
        code: reason,
        exitCode: 3,
        hint: expect.stringMatching(/address.*port.*firewall/)
      })
    }
  })
})

describe("a message that the wire cannot carry", () => {
  it("is a mistake in usage", () => {
    const refused = new MessageRefused({
      refusal: { _tag: "TextTooLong", contentBytes: 17_000_000 },
      message: "a text has at most 16 MiB"
    })
    expect(Failures.ofRefusal(refused)).toMatchObject({ code: "TextTooLong", exitCode: 2 })
  })
})
