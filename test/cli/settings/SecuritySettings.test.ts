import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { settings } from "../../../src/cli/settings/Settings.ts"
import { check, misspelt, written } from "../../../src/cli/settings/Sources.ts"
import type { Environment } from "../../../src/node/Folders.ts"
import { invoke, valuesOf } from "../invoking.ts"

const flock = ["--wire", "flock"]
const refusal = (argv: ReadonlyArray<string>, environment: Environment = {}): string =>
  Either.match(invoke(argv, environment), { onLeft: ({ message }) => message, onRight: () => "none" })

describe("the settings of security", () => {
  it("are those of a server and of a client, on flock", () => {
    expect(valuesOf(["serve", ...flock, "--host-key", "/k", "--allow-keys", "/a", "--psk-file", "/p"])).toMatchObject({
      protection: "aead",
      hostKey: "/k",
      allowKeys: "/a",
      pskFile: "/p",
      keylog: undefined
    })
    expect(valuesOf(["send", ...flock, "--to=h", "--text=x", "--accept-new", "--identity=/i", "--protection=crc"]))
      .toMatchObject({ protection: "crc", identity: "/i", acceptNew: true, remember: false })
    expect(valuesOf([...flock, "--remember", "--allow-keys=/a"])).toMatchObject({ remember: true, allowKeys: "/a" })
    expect(refusal(["serve", ...flock, "--accept-new"])).toBe("serve has no flag --accept-new")
    expect(refusal(["send", ...flock, "--to=h", "--allow-keys=/a"])).toBe("send has no flag --allow-keys")
  })

  it.each(["--protection=aead"])("%s belongs to flock", (flag) => {
    for (const wire of ["classic", "tcp"]) {
      const words = `belongs to the wire flock, and the wire is ${wire}`
      expect(refusal(["serve", `--wire=${wire}`, flag])).toContain(words)
    }
  })

  it.each(["--psk-file=/p", "--allow-keys=/a", "--host-key=/k", "--keylog=/k"])(
    "%s belongs to flock and tcp",
    (flag) => {
      const words = "belongs to the wires flock and tcp, and the wire is classic"
      expect(refusal(["serve", "--wire=classic", flag])).toContain(words)
      expect(valuesOf(["serve", "--wire=tcp", flag]).wire).toBe("tcp")
    }
  )

  it("belong to no wire for a command that uses none", () => {
    const sources = {
      given: [{ _tag: "Flag", name: "host-key", text: "/k", argument: "--host-key=/k" }] as const,
      environment: { HOLUB_WIRE: "classic" },
      configuration: undefined
    }
    expect([Either.isRight(check(sources)), Either.isRight(check(sources, false))]).toEqual([false, true])
  })

  it("--keylog has neither a variable nor a key: a forgotten one would write keys for ever", () => {
    const environment = { HOLUB_KEYLOG: "/env" }
    expect(valuesOf(["serve", ...flock], environment).keylog).toBeUndefined()
    expect(valuesOf(["serve", ...flock, "--keylog=/k"], environment).keylog).toBe("/k")
    expect(written(settings.keylog, { given: [], environment, configuration: undefined }).texts).toEqual([])
    expect(misspelt(environment)).toEqual(["HOLUB_KEYLOG has no effect: --keylog can be given as a flag only"])
  })
})
