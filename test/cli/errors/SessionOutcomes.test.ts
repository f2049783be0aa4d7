/** The table of outcomes, and the same table in docs/CLI.md. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { exitCodeOf, outcomes } from "../../../src/cli/errors/SessionOutcomes.ts"
import { SessionError, SessionReason } from "../../../src/transport/SessionError.ts"

const page = readFileSync(new URL("../../../docs/CLI.md", import.meta.url), "utf8")

/** The rows of the page: `code`, exit code, and the two reasons of `disconnected`. */
const documented = new Map(
  page.split("\n").flatMap((line) => {
    const [, code, exitCode, client = "", server = ""] =
      /^\| `([A-Z]\w+)` \|.*\| (\d+) \| (?:`(\w+)`)? ?\| (?:`(\w+)`)? ?\|$/.exec(line) ?? []
    return code === undefined ? [] : [[code, { exitCode: Number(exitCode), client, server }] as const]
  })
)

const failed = (reason: SessionReason, detail?: string) =>
  new SessionError({ reason, peer: "h:1", message: "it happened", detail })

/** Reasons of a session that was not opened, or of a request that sends nothing. */
const unopened: ReadonlySet<SessionReason> = new Set([
  "HostNotFound",
  "NotUnicast",
  "InvalidZone",
  "AddressInUse",
  "AddressNotAvailable",
  "Denied",
  "TooManyOpen",
  "Io",
  "Unsupported"
])

const ends = SessionReason.literals.filter((reason) => !unopened.has(reason))

describe("the table of ends in docs/CLI.md", () => {
  it.each(ends)("%s has the exit code and the reports of both roles", (reason) => {
    expect(documented.get(reason)).toEqual(outcomes[reason])
    expect(exitCodeOf(failed(reason))).toBe(outcomes[reason].exitCode)
  })

  it.each(["Leaving", "TargetExists"])("%s, a refusal with a reason, has an exit code of its own", (detail) => {
    expect(documented.get(detail)).toEqual({
      exitCode: exitCodeOf(failed("Declined", detail)),
      client: "",
      server: ""
    })
    expect(exitCodeOf(failed("Declined", detail))).not.toBe(outcomes.Declined.exitCode)
  })

  it("has no other row", () => {
    expect([...documented.keys()].toSorted()).toEqual([...ends, "Leaving", "TargetExists"].toSorted())
  })
})

describe("the exit code", () => {
  it("of a refusal with any other reason is that of Declined, whatever a peer sends", () => {
    for (const detail of ["NoSpace", "OverQuota", "constructor", "__proto__", ""]) {
      expect(exitCodeOf(failed("Declined", detail))).toBe(6)
    }
  })

  it("depends on the detail of a refusal alone", () => {
    expect(exitCodeOf(failed("Closed", "TargetExists"))).toBe(5)
  })
})
