import { describe, expect, it } from "@effect/vitest"
import { connectionIdOf, form, formAt, resetBytes, resetTokenOf } from "../../../src/protocol/flock/wire/Packet.ts"
import { ResetAnswers } from "../../../src/transport/flock/ResetAnswers.ts"

const from = { host: "192.0.2.1", port: 5000, local: "192.0.2.7" }
const token = Uint8Array.from({ length: 16 }, (_, index) => index + 1)

describe("the answers to packets of unknown sessions", () => {
  it("are a RESET with the id of the packet, and the token for it and the local address", () => {
    const asked: Array<unknown> = []
    const answers = new ResetAnswers((id, path) => {
      asked.push([id, path.local])
      return token
    }, () => 0.5)
    const bytes = answers.answer(77, 40, from, 0) ?? new Uint8Array(0)
    expect([formAt(bytes, 0), connectionIdOf(bytes, 0), bytes.length]).toEqual([form.reset, 77, resetBytes])
    expect(resetTokenOf(bytes, 0, bytes.length)).toEqual(token)
    expect([asked, answers.counters]).toEqual([[[77, "192.0.2.7"]], { resets: 1, withheldResets: 0 }])
  })

  it.each([[27, false], [28, true], [65_507, true]])(
    "are shorter than their cause: to %i bytes %s (S2, S13)",
    (bytes, answers) => {
      const answer = new ResetAnswers(() => token, () => 0.5).answer(77, bytes, from, 0)
      expect(answer !== undefined && answer.length < bytes).toBe(answers)
    }
  )

  it("between two that answer each other stop after three (S13)", () => {
    const one = new ResetAnswers(() => token, () => 0.5)
    const other = new ResetAnswers(() => token, () => 0.5)
    let length: number | undefined = 40
    let sent = 0
    for (; length !== undefined && sent < 100; sent++) {
      length = (sent % 2 === 0 ? one : other).answer(77, length, from, 0)?.length
    }
    expect(sent - 1).toBeLessThanOrEqual(3)
  })

  it("are 20 a second to one source, while others get theirs, and 2,000 to all", () => {
    const answers = new ResetAnswers(() => token, () => 0.5)
    const to = (host: string, count: number, now: number): number =>
      Array.from({ length: count }, () => answers.answer(77, 40, { host, port: 1 }, now)).filter((bytes) =>
        bytes !== undefined
      )
        .length
    expect([to("192.0.2.1", 100, 0), to("192.0.2.2", 100, 0)]).toEqual([20, 20])
    expect([to("192.0.2.1", 100, 500), answers.counters.withheldResets]).toEqual([10, 250])
    let all = 0
    for (let host = 0; host < 4000; host++) all += to(`198.51.${host >>> 8}.${host & 255}`, 1, 500)
    expect(all).toBeLessThanOrEqual(2000)
    expect(all).toBeGreaterThan(1200)
  })

  it("are none to a port of a service that answers anything", () => {
    const answers = new ResetAnswers(() => token, () => 0.5)
    expect([53, 5000].map((port) => answers.answer(77, 40, { ...from, port }, 0)?.length)).toEqual([
      undefined,
      resetBytes
    ])
  })

  it("that the limits prevent cost no token", () => {
    let made = 0
    const answers = new ResetAnswers(() => {
      made++
      return token
    }, () => 0.5)
    for (let packet = 0; packet < 100; packet++) answers.answer(77, 40, from, 0)
    expect([made, answers.counters]).toEqual([20, { resets: 20, withheldResets: 80 }])
  })

  it("are none without a token, or an id", () => {
    const answers = new ResetAnswers(() => undefined, () => 0.5)
    expect([answers.answer(77, 40, from, 0), new ResetAnswers(() => token, () => 0.5).answer(0, 40, from, 0)])
      .toEqual([undefined, undefined])
  })
})
