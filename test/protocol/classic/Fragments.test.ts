import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import type { Plan, Refusal } from "../../../src/protocol/classic/Fragments.ts"
import {
  blockBytes,
  cut,
  maxFragmentSize,
  minFragmentSize,
  plan,
  planAfter
} from "../../../src/protocol/classic/Fragments.ts"

const parameters = { seed: 20_250_801 }
const maxFragments = 0xff_ff_ff
const none = new Uint8Array(0)
const nameOf = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(0x61)
const isPlan = (result: Plan | Refusal): result is Plan => !("_tag" in result)
const countOf = (result: Plan | Refusal): number | string => isPlan(result) ? result.fragmentCount : result._tag

describe("a plan", () => {
  it("counts the fragments of the name and of the content together", () => {
    const requested = { kind: "file", name: nameOf(13), contentBytes: 20, fragmentSize: 4 }
    expect(plan("file", nameOf(13), 20, 4)).toEqual({ ...requested, nameFragments: 4, fragmentCount: 9 })
  })

  it.each([[0, 1], [1, 1], [3, 1], [4, 1], [5, 2], [8, 2], [9, 3]])(
    "splits %i bytes, four each, into %i fragments",
    (bytes, count) => {
      expect(countOf(plan("text", none, bytes, 4))).toBe(count)
    }
  )

  it("has the name of an empty file and one fragment without data", () => {
    expect(plan("file", nameOf(4), 0, 4)).toMatchObject({ nameFragments: 1, fragmentCount: 2 })
  })

  it("never combines name and content in one fragment", () => {
    expect(plan("file", nameOf(1), 1, 1445)).toMatchObject({ nameFragments: 1, fragmentCount: 2 })
  })
})

describe("the fragment size", () => {
  it("is 1 to 1445 bytes", () => {
    expect([minFragmentSize, maxFragmentSize]).toEqual([1, 1445])
    expect([1, 2, 1444, 1445].map((size) => countOf(plan("text", none, 1445, size)))).toEqual([1445, 723, 2, 1])
  })

  it.each([0, -1, 1446, 65_535, 1.5, NaN, Infinity])("%d is rejected", (fragmentSize) => {
    expect(plan("text", none, 10, fragmentSize)).toEqual({ _tag: "FragmentSize", fragmentSize })
  })
})

describe("a text", () => {
  it("of 16 MiB is planned", () => {
    expect(countOf(plan("text", none, 16 * 1024 * 1024, 1445))).toBe(11_611)
  })

  it("of one byte more is rejected", () => {
    const contentBytes = 16 * 1024 * 1024 + 1
    expect(plan("text", none, contentBytes, 1445)).toEqual({ _tag: "TextTooLong", contentBytes })
  })

  it("of 16 MiB in fragments of one byte is rejected for their number", () => {
    expect(plan("text", none, 16 * 1024 * 1024, 1)).toEqual({
      _tag: "TooManyFragments",
      fragmentCount: 2 ** 24,
      leastFragmentSize: 2
    })
  })
})

describe("too many fragments", () => {
  it("are one more than 16,777,215", () => {
    expect(countOf(plan("file", none, maxFragments, 1))).toBe(maxFragments)
    expect(countOf(plan("file", none, maxFragments + 1, 1))).toBe("TooManyFragments")
  })

  it("include the fragments of the name", () => {
    expect(countOf(plan("file", nameOf(5), maxFragments - 5, 1))).toBe(maxFragments)
    expect(countOf(plan("file", nameOf(5), maxFragments - 4, 1))).toBe("TooManyFragments")
  })

  it("are rejected without a suggestion when no fragment size is sufficient", () => {
    expect(plan("file", nameOf(5), 2 ** 40, 1445)).toMatchObject({
      _tag: "TooManyFragments",
      leastFragmentSize: undefined
    })
  })

  it("are rejected with a suggestion up to the largest file of the wire", () => {
    const contentBytes = (maxFragments - 1) * 1445
    expect(plan("file", nameOf(5), contentBytes, 4)).toMatchObject({
      _tag: "TooManyFragments",
      leastFragmentSize: 1445
    })
    expect(countOf(plan("file", nameOf(5), contentBytes, 1445))).toBe(maxFragments)
  })

  const names = FastCheck.integer({ min: 0, max: 255 }).map(nameOf)
  // Sizes near the boundaries, where rounding matters, and arbitrary sizes.
  const contents = FastCheck.oneof(
    FastCheck.integer({ min: maxFragments + 1, max: 1446 * maxFragments }),
    FastCheck.tuple(FastCheck.integer({ min: 2, max: 1445 }), FastCheck.integer({ min: -300, max: 300 })).map(
      ([size, more]) => size * maxFragments + more
    )
  )
  const refusals = FastCheck.record({ name: names, contentBytes: contents }).map((message) => ({
    ...message,
    refusal: plan("file", message.name, message.contentBytes, 1)
  }))

  it("are rejected with a fragment size that can be planned", () => {
    FastCheck.assert(
      FastCheck.property(refusals, ({ contentBytes, name, refusal }) => {
        FastCheck.pre("leastFragmentSize" in refusal && refusal.leastFragmentSize !== undefined)
        const least = "leastFragmentSize" in refusal ? refusal.leastFragmentSize ?? 0 : 0
        expect(isPlan(plan("file", name, contentBytes, least))).toBe(true)
      }),
      { ...parameters, numRuns: 2000 }
    )
  })

  it("are rejected with the smallest fragment size that can be planned", () => {
    FastCheck.assert(
      FastCheck.property(refusals, ({ contentBytes, name, refusal }) => {
        FastCheck.pre("leastFragmentSize" in refusal)
        const least = "leastFragmentSize" in refusal ? refusal.leastFragmentSize ?? maxFragmentSize + 1 : 0
        expect(isPlan(plan("file", name, contentBytes, least - 1))).toBe(false)
      }),
      { ...parameters, numRuns: 2000 }
    )
  })
})

describe("a plan after another on the same connection", () => {
  const planned = (bytes: number, size: number): Plan => {
    const result = plan("text", none, bytes, size)
    if (!isPlan(result)) throw new Error(result._tag)
    return result
  }

  it("is unchanged without an earlier message", () => {
    expect(planAfter([], "text", none, 100, 1000)).toEqual(planned(100, 1000))
  })

  it.each([
    ["of another kind", () => plan("file", none, 100, 1000)],
    ["with a name", () => plan("text", nameOf(1), 100, 1000)],
    ["of another number of fragments", () => planned(1001, 1000)],
    ["in fragments of another size", () => planned(100, 999)]
  ])("is unchanged after a message %s", (_, previousOf) => {
    const previous = previousOf()
    expect(isPlan(previous) && planAfter([previous], "text", none, 100, 1000)).toEqual(planned(100, 1000))
  })

  it("has fragments of one byte less when both announcements would be equal, for any content", () => {
    expect(planAfter([planned(100, 1000)], "text", none, 999, 1000)).toEqual(planned(999, 999))
  })

  it("is unchanged when only the number of name fragments differs", () => {
    const previous = plan("file", nameOf(50), 200, 100)
    const next = plan("file", nameOf(150), 100, 100)
    expect(countOf(next)).toBe(countOf(previous))
    expect(isPlan(previous) && planAfter([previous], "file", nameOf(150), 100, 100)).toEqual(next)
  })

  it("has the requested size again when the size of the message before was changed", () => {
    const second = planAfter([planned(100, 1000)], "text", none, 100, 1000)
    expect(isPlan(second) && planAfter([second], "text", none, 100, 1000)).toEqual(planned(100, 1000))
  })

  it("differs from each of the earlier messages, with the requested size as soon as none of them has it", () => {
    const earlier = [planned(100, 1000), planned(1001, 1000), planned(100, 999)]
    expect(planAfter(earlier, "text", none, 100, 1000)).toEqual(planned(100, 998))
    expect(planAfter(earlier.slice(1), "text", none, 100, 1000)).toEqual(planned(100, 1000))
  })

  it("never has the announcement of the message before, from 64 bytes per fragment", () => {
    const messages = FastCheck.tuple(
      FastCheck.nat(20_000),
      FastCheck.nat(20_000),
      FastCheck.integer({ min: 64, max: 1445 })
    )
    FastCheck.assert(
      FastCheck.property(messages, ([first, second, size]) => {
        const previous = planned(first, size)
        const next = planAfter([previous], "text", none, second, size)
        expect(next).not.toMatchObject({ fragmentCount: previous.fragmentCount, fragmentSize: previous.fragmentSize })
        expect(isPlan(next)).toBe(true)
      }),
      parameters
    )
  })

  it("keeps a small fragment size, which was chosen for demonstration", () => {
    expect(planAfter([planned(20, 63)], "text", none, 20, 63)).toEqual(planned(20, 63))
    expect(planAfter([planned(20, 64)], "text", none, 20, 64)).toEqual(planned(20, 63))
  })

  it("is unchanged when one byte less would need too many fragments", () => {
    const previous = plan("file", none, maxFragments * 64, 64)
    expect(isPlan(previous) && planAfter([previous], "file", none, maxFragments * 64, 64)).toEqual(previous)
  })

  it("is rejected as without earlier messages", () => {
    expect(planAfter([planned(1, 1000)], "text", none, 1, 1446)).toEqual({
      _tag: "FragmentSize",
      fragmentSize: 1446
    })
  })
})

describe("a block", () => {
  it.each([[1, 262_144], [2, 262_144], [3, 262_143], [1000, 262_000], [1445, 261_545]])(
    "of fragments of %i bytes has %i bytes",
    (fragmentSize, bytes) => {
      expect(blockBytes(fragmentSize)).toBe(bytes)
    }
  )

  it("has as many whole fragments as fit, for every fragment size", () => {
    for (let size = minFragmentSize; size <= maxFragmentSize; size++) {
      const bytes = blockBytes(size)
      expect([bytes % size, bytes <= 256 * 1024, bytes + size > 256 * 1024]).toEqual([0, true, true])
    }
  })
})

describe("splitting", () => {
  const blocks = FastCheck.uint8Array({ maxLength: 5000 })
  const sizes = FastCheck.integer({ min: 1, max: 1445 })
  const lengthsOf = (bytes: number, size: number) => cut(new Uint8Array(bytes), size).map(({ length }) => length)

  it("makes one fragment without data from an empty block", () => {
    expect(lengthsOf(0, 4)).toEqual([0])
  })

  it.each([[4, [4]], [8, [4, 4]], [9, [4, 4, 1]]])("splits %i bytes, four each, into %j", (bytes, lengths) => {
    expect(lengthsOf(bytes, 4)).toEqual(lengths)
  })

  it("gives the block again when the fragments are joined", () => {
    FastCheck.assert(
      FastCheck.property(blocks, sizes, (block, size) => {
        expect(Buffer.concat(cut(block, size)).equals(block)).toBe(true)
      }),
      parameters
    )
  })

  it("makes only the last fragment shorter", () => {
    FastCheck.assert(
      FastCheck.property(blocks, sizes, (block, size) => {
        const fragments = cut(block, size)
        expect(fragments.slice(0, -1).every(({ length }) => length === size)).toBe(true)
        expect(fragments.at(-1)?.length).toBeLessThanOrEqual(size)
      }),
      parameters
    )
  })

  it("makes as many fragments as were planned", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.uint8Array({ maxLength: 300 }), blocks, sizes, (name, block, size) => {
        const planned = plan("file", name, block.length, size)
        const nameFragments = name.length === 0 ? 0 : cut(name, size).length
        expect(planned).toMatchObject({ nameFragments, fragmentCount: nameFragments + cut(block, size).length })
      }),
      parameters
    )
  })

  it("makes views of the block, not copies", () => {
    const block = new Uint8Array(9)
    expect(cut(block, 4).every(({ buffer }) => buffer === block.buffer)).toBe(true)
  })

  it("gives the same fragments block by block as all at once", () => {
    const size = 1000
    const content = Uint8Array.from({ length: 2 * blockBytes(size) + 1234 }, (_, at) => (at * 31) ^ (at >>> 8))
    const inBlocks = [0, 1, 2].flatMap((block) =>
      cut(content.subarray(block * blockBytes(size), (block + 1) * blockBytes(size)), size)
    )
    expect(inBlocks.map(({ length }) => length)).toEqual(cut(content, size).map(({ length }) => length))
  })
})
