import { describe, expect, it } from "vitest"
import type { Koffi } from "../../../src/node/Koffi.ts"
import * as Libc from "../../../src/node/net/Libc.ts"

const broken = () => Promise.reject(new Error("cannot find the native module"))
const absent = (code: string) => () => Promise.reject(Object.assign(new Error("no"), { code }))

describe("the C library says why it cannot be called", () => {
  it.each([
    ["on another system", broken, "darwin", "segmentation offload needs Linux, and this is darwin"],
    ["without koffi", absent("ERR_MODULE_NOT_FOUND"), "linux", "the package koffi is not installed"],
    ["without koffi, in a bundle", absent("MODULE_NOT_FOUND"), "linux", "the package koffi is not installed"],
    ["with a koffi that fails", broken, "linux", "the package koffi does not work here: cannot find the native module"]
  ])("%s", async (_, importKoffi, platform, reason) => {
    expect(await Libc.load(importKoffi, platform)).toBe(reason)
  })
})

describe("the C library", () => {
  /** What a call was given, and its result. */
  const recorded = (results: Readonly<Record<string, number>>) => {
    const calls: Array<readonly [name: string, values: ReadonlyArray<unknown>]> = []
    const koffiWithout = (missing: string): Koffi => ({
      errno: () => 98,
      address: () => 0n,
      load: () => ({
        func: (declaration) => {
          const name = /int (\w+)\(/.exec(declaration)?.[1] ?? ""
          if (name === missing) throw new Error(`no ${name} in the library`)
          return (...values) => {
            calls.push([name, values])
            return results[name] ?? 0
          }
        }
      })
    })
    const load = async (missing = ""): Promise<Libc.Libc> => {
      const libc = await Libc.load(() => Promise.resolve(koffiWithout(missing)), "linux")
      if (typeof libc === "string") throw new Error(libc)
      return libc
    }
    return { calls, load }
  }

  it("opens sockets that no program inherits", async () => {
    const { calls, load } = recorded({ socket: 7 })
    const libc = await load()
    expect([libc.openDatagram(4), libc.openDatagram(6)]).toEqual([7, 7])
    expect(calls).toEqual([["socket", [2, 0o2000002, 0]], ["socket", [10, 0o2000002, 0]]])
  })

  it("lays out addresses as the system's headers do, the port in network order", async () => {
    const { calls, load } = recorded({ inet_pton: 1 })
    const libc = await load()
    libc.bind(7, { host: "192.0.2.1", port: 0x1234 })
    libc.bind(7, { host: "fe80::1%3", port: 0x1234 })
    const [four, six] = calls.filter(([name]) => name === "bind").map(([, [, bytes, length]]) => ({ bytes, length }))
    const [converted4, converted6] = calls.filter(([name]) => name === "inet_pton").map((
      [, [family, text]]
    ) => [family, text])
    expect([converted4, converted6]).toEqual([[2, "192.0.2.1"], [10, "fe80::1"]])
    expect([four?.length, six?.length]).toEqual([16, 28])
    expect(four?.bytes).toMatchObject({ 0: 2, 1: 0, 2: 0x12, 3: 0x34 })
    expect(six?.bytes).toMatchObject({ 0: 10, 1: 0, 2: 0x12, 3: 0x34, 24: 3 })
  })

  it("keeps freed memory where the C library can, and needs no such setting", async () => {
    const { calls, load } = recorded({ mallopt: 1 })
    const libc = await load()
    libc.keepFreed(1_000)
    expect(calls).toEqual([["mallopt", [-3, 4 * 1024 * 1024]], ["mallopt", [-1, 1_000]]])
    const without = recorded({})
    const musl = await without.load("mallopt")
    musl.keepFreed(1_000)
    expect(without.calls).toEqual([])
  })

  it("fails with the name of the system's error", async () => {
    const { load } = recorded({ inet_pton: 1, bind: -1 })
    const libc = await load()
    expect(() => libc.bind(7, { host: "192.0.2.1", port: 1 })).toThrow(
      expect.objectContaining({ code: "EADDRINUSE", message: "bind EADDRINUSE" })
    )
  })
})
