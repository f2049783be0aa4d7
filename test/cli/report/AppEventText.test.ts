import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as AppEventText from "../../../src/cli/report/AppEventText.ts"
import { human } from "../../../src/cli/report/HumanReport.ts"
import type { AppEvent } from "../../../src/cli/report/Report.ts"
import { fakeOutput, hostile, mischief } from "../fakes.ts"

const about = { app: "echo", transport: "tcp", peer: "192.0.2.7:50000" } as const
const amounts = { receivedBytes: 5, sentBytes: 2048 }

const events: ReadonlyArray<AppEvent> = [
  { type: "started", app: "echo" },
  { type: "listening", app: "echo", transport: "udp", host: "127.0.0.1", port: 9090 },
  { type: "connected", ...about, transport: "session" },
  { type: "received", ...about, bytes: 5, text: "ahoj\n" },
  { type: "sent", ...about, bytes: 5 },
  { type: "disconnected", ...about, reason: "slow", message: undefined, ...amounts },
  { type: "stopped", app: "echo", connections: 1, ...amounts }
]

const shown = (isVerbose: boolean, list: ReadonlyArray<AppEvent>) =>
  Effect.gen(function*() {
    const [stdout, stderr] = [fakeOutput(), fakeOutput()]
    const report = human({ stdout, stderr, isQuiet: false, isVerbose })
    yield* Effect.forEach(list, report.emit, { discard: true })
    return { stdout: stdout.text(), stderr: stderr.text().trimEnd().split("\n") }
  })

describe("the lines about apps", () => {
  it.effect("are connections and listeners, on standard error", () =>
    Effect.map(shown(false, events), ({ stderr, stdout }) => {
      expect(stdout).toBe("")
      expect(stderr).toEqual([
        "echo listens at 127.0.0.1:9090 (udp)",
        "echo: 192.0.2.7:50000 (session) connected",
        "echo: 192.0.2.7:50000 was disconnected, because it reads too slowly; 5 B received, 2.0 KiB sent",
        "echo has stopped after 1 connection: 5 B received, 2.0 KiB sent"
      ])
    }))

  it.effect("have single messages too with --verbose", () =>
    Effect.map(shown(true, events), ({ stderr }) => {
      expect(stderr).toContain("echo has started")
      expect(stderr).toContain("echo: 5 B from 192.0.2.7:50000: ahoj")
      expect(stderr).toContain("echo: 5 B to 192.0.2.7:50000")
    }))

  it.effect("have what an app logs on standard output, with the name of its room", () =>
    Effect.map(shown(false, [{ type: "logged", app: "sink", text: "a\nb" }]), ({ stderr, stdout }) => {
      expect([stdout, stderr]).toEqual(["sink: a\\u{a}b\n", [""]])
    }))

  it("are harmless, whatever a client sends", () => {
    const lines = [
      AppEventText.lineOf({ type: "received", ...about, bytes: 9, text: hostile.repeat(50) }),
      AppEventText.lineOf({ type: "disconnected", ...about, reason: "refused", message: hostile, ...amounts }),
      AppEventText.loggedOf({ type: "logged", app: "sink", text: hostile })
    ]
    for (const line of lines) expect(line).not.toMatch(mischief)
    expect(lines[0]?.length).toBeLessThan(2500)
  })
})
