import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import { add, format, isDecimal, mostCharacters, parse, zero } from "../../../src/apps/dialogues/Decimals.ts"

const read = (text: string) => {
  const number = parse(text)
  if (!isDecimal(number)) throw new RangeError(`${text} is ${number}`)
  return number
}

describe("decimals", () => {
  it.each([
    ["7", "7"],
    ["007", "7"],
    ["-0", "0"],
    ["-0.00", "0"],
    ["\u22125.10", "-5.1"],
    ["+.25", "0.25"],
    ["-0.05", "-0.05"],
    ["12.", "12"]
  ])("read %s as %s", (text, shortest) => {
    expect(format(read(text))).toBe(shortest)
    expect(format(read(shortest))).toBe(shortest)
  })

  it.each(["", ".", "-", "+-1", "1e5", "0x1", "1 2", "1\n2", "1_0", "٣", "½", "NaN", "-.", "1.2.3", ",", "a,b"])(
    "do not read %j",
    (text) => {
      expect(parse(text)).toBe("NotNumber")
    }
  )

  it.each(["1,5", "1,000.50", "1.000,50", "-,5"])("tell that %s has a comma", (text) => {
    expect(parse(text)).toBe("HasComma")
  })

  it("have 1,000 characters at most", () => {
    expect(format(read("9".repeat(mostCharacters)))).toHaveLength(mostCharacters)
    expect(parse("9".repeat(mostCharacters + 1))).toBe("TooLong")
  })

  it("are added exactly: as whole numbers of the smallest decimal", () => {
    const part = FastCheck.record({
      units: FastCheck.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
      scale: FastCheck.nat(30)
    })
    FastCheck.assert(
      FastCheck.property(part, part, part, (one, other, third) => {
        const scaled = ({ scale, units }: typeof one) => units * 10n ** BigInt(30 - scale)
        const sum = read(format(add(add(read(format(one)), read(format(other))), third)))
        expect(scaled(sum)).toBe(scaled(one) + scaled(other) + scaled(third))
        expect(format(add(one, zero))).toBe(format(one))
      }),
      { numRuns: 500, seed: 15 }
    )
  })
})
