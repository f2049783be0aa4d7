import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Unprotected from "../../../src/cli/report/Unprotected.ts"
import { fakeReport } from "../commandsInMemory.ts"

const flock = { wire: "flock", isEncrypted: true } as const
const crc = { wire: "flock", isEncrypted: false } as const
const classic = { wire: "classic", isEncrypted: false } as const

describe("what is not protected", () => {
  it("is nothing on flock, which is encrypted", () => {
    expect([Unprotected.ofServer(flock), Unprotected.ofClient(flock)]).toEqual([undefined, undefined])
  })

  it("is all with the protection crc and on classic, in one line for each side", () => {
    for (const [exposed, name] of [[crc, "the protection crc"], [classic, "the classic wire"]] as const) {
      expect(Unprotected.ofServer(exposed)).toContain(`warning: ${name} is not encrypted and does not verify senders`)
      expect(Unprotected.ofClient(exposed)).toContain(`warning: ${name} is not encrypted: others on the way can read`)
    }
  })

  it.effect("is noted for a client before it sends", () =>
    Effect.gen(function*() {
      const report = fakeReport()
      yield* Unprotected.warned(flock, report)
      yield* Unprotected.warned(crc, report)
      expect(report.notes).toEqual([Unprotected.ofClient(crc)])
    }))
})
