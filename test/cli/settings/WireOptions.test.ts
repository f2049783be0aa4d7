import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as WireOptions from "../../../src/cli/settings/WireOptions.ts"
import { invoke } from "../invoking.ts"

const wireOf = (flags: ReadonlyArray<string>, environment?: Readonly<Record<string, string>>) =>
  Either.map(invoke(["send", "--to=h", ...flags], environment), ({ values }) => WireOptions.fromSettings(values))

const clientOf = (flags: ReadonlyArray<string>, environment?: Readonly<Record<string, string>>) =>
  Either.map(invoke(["send", ...flags], environment), ({ values }) => WireOptions.client(values))

describe("the settings of a wire", () => {
  it("are those of flock by default, with a silence of 30 s", () => {
    expect(Either.getOrThrow(wireOf([]))).toEqual({
      wire: "flock",
      dialect: "frame",
      idleTimeoutMillis: 30_000,
      congestion: "bbr",
      maxDatagramBytes: undefined,
      limitBytesPerSecond: undefined
    })
  })

  it("have whole milliseconds, as the wire needs them, also of a fraction of a second", () => {
    expect(Either.getOrThrow(wireOf(["--timeout=1.001s"])).idleTimeoutMillis).toBe(1001)
  })

  it("come from flags and from the environment, for every wire", () => {
    const flags = ["--wire=flock", "--congestion=cubic", "--mtu=1400", "--limit=1MiB", "--timeout=1m"]
    expect(Either.getOrThrow(wireOf(flags, { HOLUB_DIALECT: "payload", HOLUB_WIRE: "classic" }))).toEqual({
      wire: "flock",
      dialect: "payload",
      idleTimeoutMillis: 60_000,
      congestion: "cubic",
      maxDatagramBytes: 1400,
      limitBytesPerSecond: 1_048_576
    })
  })

  it.each([["--wire=quic"], ["--dialect=x"], ["--timeout=20"], ["--congestion=x"], ["--mtu=1"], ["--limit=lots"]])(
    "%s is a usage error on every wire",
    (flag) => {
      for (const wire of ["classic", "flock"]) {
        expect(Either.getOrThrow(Either.flip(wireOf([flag], { HOLUB_WIRE: wire })))).toMatchObject({
          code: "Usage",
          exitCode: 2,
          message: expect.stringMatching(new RegExp(`^${flag.split("=", 1)[0]} must be `))
        })
      }
    }
  )
})

describe("the settings of a client", () => {
  const to = "--to=h:1"

  it("are the address of the server and no wait; on the classic wire default fragments", () => {
    expect(Either.getOrThrow(clientOf([to]))).toEqual({
      to: { host: "h", port: 1 },
      remembers: false,
      waitMillis: 0,
      message: {}
    })
    expect(Either.getOrThrow(clientOf([to, "--wire=classic"]))).toEqual({
      to: { host: "h", port: 1 },
      remembers: false,
      waitMillis: 0,
      message: { fragmentSize: undefined, damage: undefined }
    })
  })

  it("on the classic wire have the fragment size and the damage, with the seed of the faults", () => {
    const flags = [to, "--wire=classic", "--wait=3s", "--fragment-size=7", "--damage=every:2"]
    expect(Either.getOrThrow(clientOf(flags))).toEqual({
      to: { host: "h", port: 1 },
      remembers: false,
      waitMillis: 3000,
      message: { fragmentSize: 7, damage: { which: { every: 2 }, kind: "remove" } }
    })
    expect(Either.getOrThrow(clientOf([...flags, "--damage-kind=flip", "--faults=loss=5%,seed=9"]))).toMatchObject({
      message: { damage: { which: { every: 2 }, kind: "flip", seed: 9 } }
    })
  })

  it("have the wire's own port for a server without one", () => {
    expect(Either.getOrThrow(clientOf(["--to=h"])).to).toEqual({ host: "h", port: 4040 })
    expect(Either.getOrThrow(clientOf(["--to=h", "--wire=classic"])).to).toEqual({ host: "h", port: 4041 })
    expect(Either.getOrThrow(clientOf(["--to=::1"], { HOLUB_WIRE: "classic" })).to).toEqual({ host: "::1", port: 4041 })
    expect(Either.getOrThrow(clientOf(["--to=h:4040", "--wire=classic"])).to).toEqual({ host: "h", port: 4040 })
  })

  it("on flock have no fragments, even where the environment names them, and flags that name them are refused", () => {
    const environment = { HOLUB_FRAGMENT_SIZE: "7", HOLUB_DAMAGE: "first" }
    expect(Either.getOrThrow(clientOf([to, "--wire=flock"], environment))).toEqual({
      to: { host: "h", port: 1 },
      remembers: false,
      waitMillis: 0,
      message: {}
    })
    for (const flag of ["--fragment-size=7", "--damage=first"]) {
      expect(Either.flip(clientOf([to, "--wire=flock", flag]))).toMatchObject(Either.right({ exitCode: 2 }))
    }
  })

  it("are incomplete without a server", () => {
    expect(Either.getOrThrow(Either.flip(clientOf([])))).toMatchObject({
      exitCode: 2,
      message: "--to HOST[:PORT] is required"
    })
  })
})
