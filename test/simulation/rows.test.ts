/** Rows of the catalogue in docs/RELIABILITY.md for the classic wire, each in its own world. */
import { describe, expect, it } from "vitest"
import { decode, encode, frameType } from "../models/frames.ts"
import { Random } from "./Random.ts"
import { run } from "./run.ts"
import type { ClientScript, Fault, MessageScript, Script } from "./Script.ts"

const file = (fragments: number): MessageScript => ({
  kind: "file",
  bytes: 100 * fragments,
  fragmentSize: 100,
  restMillis: 2100
})
const text: MessageScript = { kind: "text", bytes: 300, fragmentSize: 100, restMillis: 2100 }

const client = (...messages: ReadonlyArray<MessageScript>): ClientScript => ({
  program: "ours",
  dialect: "frame",
  startMillis: 0,
  delayMillis: 10,
  messages,
  ending: "leave"
})

/** A world with one client, which sends its first INF at 2100 ms; the RTT is 20 ms. */
const world = (
  messages: ReadonlyArray<MessageScript>,
  faults: ReadonlyArray<Fault>,
  more: Partial<Script> = {}
): Script => ({
  world: "lossy",
  delivers: true,
  server: { program: "ours", diskMillis: 2 },
  clients: [client(...messages)],
  faults,
  ...more
})

/** The result of a world, and the number of frames of each type that its client sent. */
const outcome = (script: Script) => {
  const sent = new Map<number, number>()
  const result = run(script, (_at, _client, direction, bytes, status) => {
    const type = decode(bytes)?.type ?? -1
    if (direction === "up" && status.startsWith("sent")) sent.set(type, (sent.get(type) ?? 0) + 1)
  })
  return { ...result, violated: result.violation?.message, sent: (type: number) => sent.get(type) ?? 0 }
}

const each = (count: number, fault: (link: "0up" | "0down", nth: number) => Fault | undefined): ReadonlyArray<Fault> =>
  Array.from({ length: count }, (_, nth) => [fault("0up", nth), fault("0down", nth)]).flat().filter((one) =>
    one !== undefined
  )

describe("paths", () => {
  it("R1 with 30 % loss in each direction: everything arrives", () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = new Random(seed)
      const faults = each(200, (link, nth) => random.chance(0.3) ? { link, nth, lose: true } : undefined)
      expect(outcome(world([file(20), text], faults)).violated).toBeUndefined()
    }
  })

  it("R2 that duplicate every datagram: everything arrives once, with at most 10 % retransmissions", () => {
    const { violated, sent } = outcome(world([file(50)], each(200, (link, nth) => ({ link, nth, double: 1 }))))
    expect(violated).toBeUndefined()
    expect(sent(frameType.DAT)).toBeLessThanOrEqual(1.1 * 51)
  })

  it("R3 with one late ACK: one fragment is sent twice and no other (Sorcerer's Apprentice syndrome)", () => {
    const { violated, sent } = outcome(world([file(50)], [{ link: "0down", nth: 10, delay: 300 }]))
    expect(violated).toBeUndefined()
    expect(sent(frameType.DAT)).toBeLessThanOrEqual(51 + 5)
    const once = outcome(world([file(50)], [{ link: "0down", nth: 10, delay: 30 }]))
    expect(once.sent(frameType.DAT)).toBe(52)
  })

  it("R5 without any ACK for 5 s: the transfer continues", () => {
    expect(outcome(world([file(50)], [{ outage: "down", from: 2300, until: 7300 }])).violated).toBeUndefined()
  })

  it("R6 that lose the last ACK: delivered once, confirmed after the retransmission", () => {
    const { violated, messages } = outcome(world([file(3)], [{ link: "0down", nth: 4, lose: true }]))
    expect([violated, messages]).toEqual([undefined, [expect.stringContaining("confirmed, arrived")]])
  })

  it("R14 with a black hole of 2 s every 5 s: everything arrives", () => {
    const holes = Array.from(
      { length: 40 },
      (_, n): Fault => ({ outage: "both", from: 5000 * n, until: 5000 * n + 2000 })
    )
    expect(outcome(world([file(400), text], holes)).violated).toBeUndefined()
  })

  it("R14 with a black hole of 30 s: the sender gives up at its time limit, with a reason", () => {
    const { violated, messages, virtualMillis } = outcome(
      world([file(50)], [{ outage: "both", from: 2300, until: 32_300 }], { delivers: false })
    )
    expect([violated, messages]).toEqual([undefined, [expect.stringContaining("lost, not arrived")]])
    expect(virtualMillis).toBeLessThan(2300 + 46_000)
  })

  it("R15 that are open in one direction only: both ends give up at their time limits", () => {
    const oneWay = outcome(world([file(50)], [{ outage: "up", from: 2300, until: 200_000 }], { delivers: false }))
    expect([oneWay.violated, oneWay.messages]).toEqual([undefined, [expect.stringContaining("lost")]])
    // The client gives up after 20 s, the server, in the middle of a message, after 45 s.
    expect(oneWay.virtualMillis).toBeGreaterThan(2200 + 45_000)
    expect(oneWay.virtualMillis).toBeLessThan(2400 + 45_000)
  })

  it("C1 that flip any single bit of any single datagram: everything arrives", () => {
    for (let nth = 0; nth < 6; nth++) {
      for (let flip = 0; flip < 8 * 33; flip++) {
        const faults: ReadonlyArray<Fault> = [{ link: "0up", nth, flip }, { link: "0down", nth, flip }]
        expect(outcome(world([{ ...file(2), bytes: 40, fragmentSize: 20 }], faults)).violated).toBeUndefined()
      }
    }
  })
})

describe("programs", () => {
  it("R8 that restart: frames sent to the server before its restart are in no message after it", () => {
    for (let at = 2130.4; at < 2330; at += 20) {
      const crash: Fault = { crash: "server", at, downMillis: 5, keeps: "synced" }
      expect(outcome(world([file(10), text], [crash], { delivers: false })).violated).toBeUndefined()
    }
  })

  it("S2 that answer never send more bytes than they received", () => {
    let balance = 0
    run(
      world([file(20), text], each(60, (link, nth) => ({ link, nth, double: 0 }))),
      (_at, _client, direction, bytes, status) => {
        if (direction === "up" && status === "arrived") balance += bytes.length
        if (direction === "down" && status.startsWith("sent")) balance -= bytes.length
        expect(balance).toBeGreaterThanOrEqual(0)
      }
    )
    expect(balance).toBeGreaterThan(0)
  })

  it("S12 that send FIN, ACK and DAT from another address have no effect", () => {
    const forged = [
      encode({ sequence: 0, count: 0, size: 13, type: frameType.FIN }),
      encode({ sequence: 1, count: 21, size: 113, type: frameType.ACK }),
      encode({ sequence: 5, count: 21, size: 113, type: frameType.DAT, data: new Uint8Array(100) })
    ]
    const strays = forged.flatMap((bytes, stranger) =>
      [2150, 2200, 2250].map((at): Fault => ({ stranger, at, bytes: Buffer.from(bytes).toString("hex") }))
    )
    expect(outcome(world([file(20)], strays)).violated).toBeUndefined()
  })

  it("S17 that pause for 2 s lose no peer", () => {
    for (const pause of ["server", 0] as const) {
      expect(outcome(world([file(50), text], [{ pause, at: 2500.4, millis: 2000 }])).violated).toBeUndefined()
    }
  })

  it("K2 that are suspended for an hour between two messages continue or fail with a reason, and lose no data", () => {
    for (const pause of ["server", 0] as const) {
      const suspended: Fault = { pause, at: 3500.4, millis: 3_600_000 }
      const later = { ...text, restMillis: 6000 }
      expect(outcome(world([file(5), later], [suspended], { delivers: false })).violated).toBeUndefined()
    }
  })
})

describe("the whole shell", () => {
  const shell = { world: "shell" } as const

  it("F12 whose machine crashes at any time of a transfer leaves the file complete or absent", () => {
    for (let at = 2100.4; at < 2400; at += 6) {
      for (const keeps of ["synced", "names", "all"] as const) {
        const crash: Fault = { crash: "server", at, downMillis: 100, keeps }
        const { violated } = outcome(
          world([file(4)], [crash], { ...shell, delivers: false, server: { program: "ours", diskMillis: 9 } })
        )
        expect(violated).toBeUndefined()
      }
    }
  })

  it("F16 whose fsync fails refuses the file, and the sender receives the refusal", () => {
    for (const disk of ["sync", "syncDirectory", "link", "write", "create"] as const) {
      const { violated, messages } = outcome(
        world([file(4), text], [{ disk, nth: 0, error: "EIO" }], { ...shell, delivers: false })
      )
      expect([violated, messages[0]]).toEqual([undefined, expect.stringContaining("declined, not arrived")])
    }
  })

  it("K1 whose wall clock jumps by a year has the same results as without the jump", () => {
    const plain = outcome(world([file(20)], [], shell))
    for (const year of [-31_536_000_000, 31_536_000_000]) {
      const jumped = outcome(world([file(20)], [{ wallClock: year, at: 2300 }], shell))
      expect([jumped.violated, jumped.messages]).toEqual([undefined, plain.messages])
      expect(Math.abs(jumped.virtualMillis - plain.virtualMillis)).toBeLessThan(1)
    }
  })
})
