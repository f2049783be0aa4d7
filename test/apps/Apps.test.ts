import { describe, expect, it } from "@effect/vitest"
import { apps, named } from "../../src/apps/Apps.ts"
import { languages } from "../../src/apps/Language.ts"
import { exampleOf } from "../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../src/node/security/NodeCrypto.ts"

describe("the apps", () => {
  it("have names and usual ports of their own", () => {
    const names = apps.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    const places = apps.flatMap(({ dialects }) => dialects.map(({ port, transport }) => `${transport} ${port}`))
    expect(new Set(places).size).toBe(places.length)
  })

  it("are found by name", () => {
    expect(named("echo")?.summary).toMatch(/back/)
    expect(named("toString")).toBeUndefined()
  })

  it.each(apps.map((app) => [app.name, app] as const))("%s has an example in every language", (_, app) => {
    for (const language of languages) {
      const happenings = exampleOf(app, { crypto, language })
      expect(happenings.length).toBeGreaterThan(2)
      expect(happenings.filter(({ _tag }) => _tag === "Refused")).toEqual([])
      expect(happenings.filter((one) => one._tag === "Closed" && one.reason === "failed")).toEqual([])
    }
  })
})
