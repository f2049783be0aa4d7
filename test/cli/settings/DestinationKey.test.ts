import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { destinationIn } from "../../../src/cli/errors/NoDestination.ts"
import { settings } from "../../../src/cli/settings/Settings.ts"
import { encode, privatePrefix } from "../../../src/security/KeyText.ts"
import { hashing, keyOf } from "../../security/hashing.ts"
import { invoke } from "../invoking.ts"

const key = encode(hashing, keyOf(7))
const refusal = (text: string): string =>
  Either.match(settings.to.parse(text), { onLeft: (must) => must, onRight: () => "none" })

describe("a destination with a key", () => {
  it.each([
    [`${key}@192.0.2.7:9`, { host: "192.0.2.7", port: 9 }],
    [`${key.toUpperCase()}@host.example:1`, { host: "host.example", port: 1 }],
    [`${key}@[2001:db8::1]:9`, { host: "2001:db8::1", port: 9 }]
  ])("%s is the address and the key", (text, address) => {
    expect(settings.to.parse(text)).toEqual(Either.right({ ...address, key: keyOf(7) }))
  })

  it("without a whole key says what is wrong with it", () => {
    expect(refusal(`${key.slice(0, 58)}@h`)).toBe(
      "must be KEY@HOST[:PORT] with a key as `holub key show` prints it (this one has 58 characters, not 59)"
    )
    expect(refusal(`${key.slice(0, 58)}7@h`)).toContain("(this one has a typing mistake: its checksum does not match)")
    expect(refusal("hk1@h")).toContain("(this one has 3 characters, not 59)")
    expect(refusal(`${key}@`)).toBe("must be HOST, HOST:PORT, or [IPv6]:PORT")
    expect(refusal("user@h")).toBe("must be HOST, HOST:PORT, or [IPv6]:PORT")
  })

  it("that is a private key is not shown", () => {
    const secret = encode(hashing, keyOf(7), privatePrefix)
    const { message } = Either.getOrThrow(Either.flip(invoke(["send", "--to", `${secret}@h`, "--text", "x"])))
    expect(message).toContain("(this one is a private key, not a public one), not \"hs1…@h\"")
    expect(message).not.toContain(secret.slice(3, 20))
  })

  it("is never advised without its key", () => {
    expect(destinationIn([`${key}@h`, "file"], false, () => false)?.address).toBe(`${key}@h`)
    const wrong = `${key.slice(0, 58)}@h`
    expect(destinationIn([wrong], false, () => false)).toBeUndefined()
    expect(Either.getOrThrow(Either.flip(invoke(["send", "--to", wrong, "file"]))).hint ?? "").not.toContain("--to h")
  })
})
