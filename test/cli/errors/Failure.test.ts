import { describe, expect, it } from "@effect/vitest"
import * as Failures from "../../../src/cli/errors/Failure.ts"
import { SocketError } from "../../../src/net/Socket.ts"
import { type Reason as StorageReason, StorageError } from "../../../src/storage/Storage.ts"
import { ofSocket, SessionError, type SessionReason } from "../../../src/transport/SessionError.ts"
import type { WireName } from "../../../src/transport/Transport.ts"

interface More {
  readonly detail?: string
  readonly fragmentSize?: number
  readonly key?: Uint8Array
  readonly metadata?: unknown
}

const error = (reason: SessionReason, more: More = {}) =>
  new SessionError({ reason, peer: "h:1", message: "it happened", ...more })

const wires: ReadonlyArray<WireName> = ["classic", "flock"]

describe("a failure of a session", () => {
  const reach = /address.*port.*firewall/
  const lost = /send the others again$/
  const declined =
    "the classic wire carries no reason: the other side refused it or was stopped, see its output. A flock server refuses classic clients in this way: "
    + "try --wire flock --to h:1"

  it.each<[SessionReason, number, hint: RegExp | undefined]>([
    ["HostNotFound", 3, reach],
    ["AddressInUse", 3, reach],
    ["AddressNotAvailable", 3, reach],
    ["Denied", 3, reach],
    ["Io", 3, reach],
    ["TooManyOpen", 8, undefined],
    ["Unreachable", 3, reach],
    ["Silent", 3, reach],
    ["OtherVersion", 3, /^install the same version of holub on both sides$/],
    ["ServerFull", 3, /^send it again later$/],
    ["NotAllowed", 4, /^this side is anonymous: make an identity with `holub key show`, and give the key/],
    ["Lost", 5, lost],
    ["PeerRestarted", 5, lost],
    ["Left", 5, lost],
    ["Closed", 5, /send the others again when it runs$/],
    ["Abandoned", 5, /send the others again when it runs$/],
    ["Protocol", 1, undefined],
    ["Defect", 1, undefined],
    ["Reset", 5, undefined],
    ["Stopped", 5, undefined],
    ["NotUnicast", 2, undefined],
    ["InvalidZone", 2, undefined],
    ["TooLarge", 3, /MTU/]
  ])("%s is exit code %d on every wire", (reason, exitCode, hint) => {
    for (const wire of wires) {
      const failure = Failures.ofSession(error(reason), wire)
      expect(failure).toMatchObject({ _tag: "Failure", code: reason, exitCode, message: "it happened" })
      expect(failure.hint).toEqual(hint === undefined ? undefined : expect.stringMatching(hint))
    }
  })

  it("NotAllowed has the key of this side, if it is not anonymous, for the operator", () => {
    const { hint } = Failures.ofSession(error("NotAllowed", { key: new Uint8Array(32) }), "flock")
    expect(hint).toMatch(/give the key of this side to the operator .*`--allow-keys`: hk1[a-z2-7]{56}$/)
  })

  it.each([
    ["aead-psk", /send with the same `--psk-file`/],
    ["aead", /send without `--protection crc` and without `--psk-file`/],
    // The offer may be forged: no hint tells a person to give up the encryption.
    ["crc", /^start the server without `--protection crc`.*do not give up the encryption/]
  ])("OtherVersion says what to do where %s is offered", (offered, hint) => {
    const failure = Failures.ofSession(error("OtherVersion", { detail: "Protection", metadata: [offered] }), "flock")
    expect(failure.hint).toMatch(hint)
  })

  it("Silent on flock mentions the shared key", () => {
    expect(Failures.ofSession(error("Silent"), "flock").hint).toMatch(/the same key: `--psk-file`$/)
    expect(Failures.ofSession(error("Silent"), "classic").hint).not.toContain("psk")
  })

  it("Declined is exit code 6, and on the classic wire has no reason", () => {
    expect(Failures.ofSession(error("Declined"), "classic")).toMatchObject({
      code: "Declined",
      exitCode: 6,
      message: "it happened",
      hint: declined
    })
  })

  it.each(["TooLarge", "Lost"] as const)("%s names the fragment size that may fit (W13)", (reason) => {
    const { hint } = Failures.ofSession(error(reason, { fragmentSize: 1239 }), "classic")
    expect(hint).toBe("try --fragment-size 1239")
  })

  it("TooLarge on flock names the MTU that it needs, and the other wire (W14)", () => {
    expect(Failures.ofSession(error("TooLarge"), "flock").hint).toMatch(/1228 bytes.*--wire classic/)
  })

  it("Silent at a server of the classic wire names the wire, and its address, since the default port is another (C8)", () => {
    expect(Failures.ofSession(error("Silent", { detail: "SpeaksClassic" }), "flock")).toMatchObject({
      exitCode: 3,
      hint: "try --wire classic --to h:1"
    })
  })

  it("names the command that the other side has to run, by wire", () => {
    expect(wires.map((wire) => Failures.ofSession(error("Silent"), wire).hint)).toEqual([
      expect.stringContaining("`holub serve --wire classic`"),
      expect.stringContaining("`holub serve`")
    ])
  })

  it("Declined with the receiver's reason has its code and its words", () => {
    const failure = (detail: string) => Failures.ofSession(error("Declined", { detail }), "flock")
    expect(failure("OverQuota")).toMatchObject({
      code: "OverQuota",
      exitCode: 6,
      message: "h:1 refused the message: it happened",
      hint: undefined
    })
    expect(failure("TargetExists")).toMatchObject({ code: "TargetExists", exitCode: 9 })
    expect(failure("Leaving")).toMatchObject({ code: "Leaving", exitCode: 3 })
    const long = new SessionError({ reason: "Declined", peer: "h:1", message: "x".repeat(8000), detail: "NoSpace" })
    expect(Failures.ofSession(long, "flock").message).toMatch(/^h:1 refused the message: x{200}…$/)
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

describe("a failure to open a session", () => {
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
    expect(Failures.ofSession(error("TooManyOpen"), "classic")).toMatchObject({ exitCode: 8, code: "TooManyOpen" })
  })

  it("of send is an unreachable peer, with a hint at address, port and firewall", () => {
    for (const reason of ["HostNotFound", "Unreachable", "Refused"] as const) {
      const refused = ofSocket(new SocketError({ reason, address: "h:1", message: "it happened" }))
      expect(Failures.ofSession(refused, "classic")).toMatchObject({
        code: reason === "Refused" ? "Unreachable" : reason,
        exitCode: 3,
        message: "it happened",
        hint: expect.stringMatching(/address.*port.*firewall/)
      })
    }
  })
})

describe("a message that the wire cannot carry", () => {
  it("is a mistake in usage", () => {
    for (const detail of ["FragmentSize", "TextTooLong", "TooManyFragments", "Fragments"]) {
      expect(Failures.ofSession(error("Unsupported", { detail }), "classic")).toMatchObject({
        code: detail,
        exitCode: 2,
        message: "it happened",
        hint: undefined
      })
    }
    expect(Failures.ofSession(error("Unsupported"), "flock")).toMatchObject({ code: "Unsupported", exitCode: 2 })
  })
})
