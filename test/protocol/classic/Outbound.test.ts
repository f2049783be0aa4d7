import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import type { Plan } from "../../../src/protocol/classic/Fragments.ts"
import { cut, plan } from "../../../src/protocol/classic/Fragments.ts"
import { Outbound } from "../../../src/protocol/classic/Outbound.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import * as Timing from "../../../src/transport/Timing.ts"

const timing = Timing.classic
const none = new Uint8Array(0)
const planned = (kind: "text" | "file", name: string, contentBytes: number, fragmentSize = 4): Plan => {
  const result = plan(kind, Buffer.from(name), contentBytes, fragmentSize)
  if ("_tag" in result) throw new Error(result._tag)
  return result
}
const outboundOf = (message: Plan, dialect: Frame.Dialect = "frame"): Outbound =>
  new Outbound(message, message.nameFragments === 0 ? [] : cut(message.name, message.fragmentSize), { dialect, timing })
const fragmentsOf = (content: string): ReadonlyArray<Uint8Array> => cut(Buffer.from(content), 4)

/** Takes all available fragments, as `1 note`. */
const takeAll = (outbound: Outbound): ReadonlyArray<string> => {
  const frame = outbound.take()
  if (frame === undefined) return []
  return [`${frame.sequenceNumber} ${Buffer.from(frame.payload).toString()}`, ...takeAll(outbound)]
}

describe("an announcement", () => {
  it.each([["frame", 17], ["payload", 4]] as const)(
    "has its fragment size in the %s dialect",
    (dialect, fragmentSize) => {
      expect(outboundOf(planned("file", "notes", 10), dialect).announcement()).toEqual({
        sequenceNumber: 2,
        fragmentCount: 5,
        fragmentSize,
        kind: Frame.Kind.inf,
        payload: Uint8Array.of(Frame.fileMark),
        minWaitMillis: 0
      })
    }
  )

  it("of a text has the data byte of a text and no name", () => {
    const { payload, sequenceNumber } = outboundOf(planned("text", "", 10)).announcement()
    expect([sequenceNumber, payload]).toEqual([0, Uint8Array.of(Frame.textMark)])
  })

  it("throws when the number of name fragments differs from the plan", () => {
    expect(() => new Outbound(planned("file", "notes", 10), [Buffer.from("notes")], { dialect: "frame", timing }))
      .toThrow(
        "the number of name fragments differs"
      )
  })
})

describe("fragments", () => {
  it("are numbered from 1, the fragments of the name first", () => {
    const outbound = outboundOf(planned("file", "notes", 10))
    outbound.offer(fragmentsOf("0123456789"))
    expect(takeAll(outbound)).toEqual(["1 note", "2 s", "3 0123", "4 4567", "5 89"])
  })

  it("of a text are content only", () => {
    const outbound = outboundOf(planned("text", "", 5))
    outbound.offer(fragmentsOf("01234"))
    expect(takeAll(outbound)).toEqual(["1 0123", "2 4"])
  })

  it.each([["frame", [17, 15]], ["payload", [4, 2]]] as const)(
    "have their own size in the %s dialect",
    (dialect, sizes) => {
      const outbound = outboundOf(planned("text", "", 6), dialect)
      outbound.offer(fragmentsOf("012345"))
      expect([outbound.take()?.fragmentSize, outbound.take()?.fragmentSize]).toEqual(sizes)
    }
  )

  it("carry the count of the whole message", () => {
    const outbound = outboundOf(planned("file", "notes", 10))
    expect(outbound.take()).toMatchObject({ fragmentCount: 5, kind: Frame.Kind.dat })
  })

  it("are views of the offered content", () => {
    const outbound = outboundOf(planned("text", "", 4))
    const content = fragmentsOf("0123")
    outbound.offer(content)
    expect(outbound.take()?.payload).toBe(content[0])
  })

  it("have a minimum wait only for the last DAT of a file, which is published before its ACK", () => {
    const minWaitsOf = (outbound: Outbound) => {
      outbound.offer(fragmentsOf("01234567"))
      return [outbound.take(), outbound.take()].map((frame) => frame?.minWaitMillis)
    }
    expect(minWaitsOf(outboundOf(planned("file", "", 8)))).toEqual([0, Timing.classic.publishTimeoutMillis])
    expect(minWaitsOf(outboundOf(planned("text", "", 8)))).toEqual([0, 0])
  })

  it("without data are sent too", () => {
    const outbound = outboundOf(planned("text", "", 0))
    outbound.offer([none])
    expect([outbound.take()?.fragmentSize, outbound.take()]).toEqual([13, undefined])
  })

  it("keep their order for any sizes of the offers", () => {
    const parts = FastCheck.array(FastCheck.integer({ min: 0, max: 5 }), { maxLength: 20 })
    FastCheck.assert(
      FastCheck.property(FastCheck.integer({ min: 1, max: 40 }), parts, (count, sizes) => {
        const outbound = outboundOf(planned("file", "name", 4 * count))
        const numbers: Array<number | undefined> = []
        let offered = 0
        const drain = () => {
          for (let frame = outbound.take(); frame !== undefined; frame = outbound.take()) {
            numbers.push(frame.sequenceNumber)
          }
        }
        for (const size of [...sizes, count]) {
          const block = Array.from({ length: Math.min(size, count - offered) }, () => none)
          offered += block.length
          outbound.offer(block)
          drain()
        }
        expect(numbers).toEqual(Array.from({ length: count + 1 }, (_, at) => at + 1))
      }),
      { seed: 20_250_801 }
    )
  })
})

describe("content", () => {
  it("is requested from the beginning, so that it is available after the name", () => {
    expect(outboundOf(planned("file", "notes", 10)).wantsContent).toBe(true)
  })

  it("is not requested while more than the low-water mark is unsent", () => {
    const waiting = Limits.lowWaterFragments + 3
    const outbound = outboundOf(planned("text", "", 4 * waiting + 4))
    outbound.offer(Array.from({ length: waiting }, () => none))
    const states = Array.from({ length: 4 }, () => {
      outbound.take()
      return outbound.wantsContent
    })
    expect(states).toEqual([false, false, true, true])
  })

  it("is requested before the name is sent, and the name is not counted", () => {
    const outbound = outboundOf(planned("file", "notes", 400))
    outbound.offer(Array.from({ length: Limits.lowWaterFragments + 1 }, () => none))
    const states = Array.from({ length: 3 }, () => {
      outbound.take()
      return outbound.wantsContent
    })
    expect(states).toEqual([false, false, true])
  })

  it("is not requested after all of it was offered", () => {
    const outbound = outboundOf(planned("text", "", 8))
    outbound.offer(fragmentsOf("01234567"))
    takeAll(outbound)
    expect(outbound.wantsContent).toBe(false)
  })

  it("is still requested after an empty offer", () => {
    const outbound = outboundOf(planned("text", "", 8))
    outbound.offer([])
    expect([outbound.wantsContent, outbound.take()]).toEqual([true, undefined])
  })

  it("that is not available yet is undefined, not the end", () => {
    const outbound = outboundOf(planned("text", "", 8))
    expect(outbound.take()).toBeUndefined()
    outbound.offer(fragmentsOf("0123"))
    expect(takeAll(outbound)).toEqual(["1 0123"])
  })

  it("throws when it has more fragments than announced", () => {
    const outbound = outboundOf(planned("text", "", 8))
    expect(() => outbound.offer(fragmentsOf("012345678"))).toThrow(
      "more content fragments were offered than the plan has"
    )
  })

  it("throws when a fragment is offered after the last one", () => {
    const outbound = outboundOf(planned("file", "a", 8))
    outbound.offer(fragmentsOf("01234567"))
    takeAll(outbound)
    expect(() => outbound.offer([none])).toThrow("more content fragments were offered than the plan has")
  })
})
