/** Generates texts with escape sequences, paths, right-to-left scripts and lone surrogates. */
import * as FastCheck from "fast-check"
import { corpusOf } from "./fuzzing.ts"

const pieced = FastCheck.array(FastCheck.constantFrom(...corpusOf<string>("texts")), { maxLength: 12, size: "max" })
  .map(
    (pieces) => pieces.join("")
  )

/** Any UTF-16 code units, including lone surrogates. */
const units = FastCheck.array(FastCheck.nat(0xff_ff), { maxLength: 20 }).map((some) => String.fromCharCode(...some))

const points = FastCheck.fullUnicodeString({ maxLength: 20 })

/** Longer than any limit. */
const long = FastCheck.tuple(FastCheck.oneof(points, pieced), FastCheck.constantFrom(40, 300, 5000)).map(
  ([some, times]) => some.repeat(times)
)

/** Any text. */
export const texts: FastCheck.Arbitrary<string> = FastCheck.oneof(
  { weight: 16, arbitrary: pieced },
  { weight: 8, arbitrary: points },
  { weight: 8, arbitrary: units },
  { weight: 4, arbitrary: FastCheck.string() },
  { weight: 1, arbitrary: long }
)
