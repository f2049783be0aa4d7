/**
 * Runs a property on its corpus and on random inputs. Without environment variables the inputs are the same every time:
 *
 *     npx vitest run test/fuzz
 *     HOLUB_FUZZ_RUNS=100000 HOLUB_FUZZ_SEED=7 npx vitest run test/fuzz
 *
 * The second command runs every property with this number of inputs (slow properties with a share of them) and another
 * seed. A failure prints the smallest failing input in the format of `test/fuzz/corpus/`; all inputs there run before
 * the random ones.
 */
import * as FastCheck from "fast-check"
import { readFileSync } from "node:fs"
import { describe, it } from "vitest"
import { testLimitMillis } from "../waitLimit.ts"

const wantedRuns = process.env["HOLUB_FUZZ_RUNS"]
const seed = Number(process.env["HOLUB_FUZZ_SEED"] ?? 20_250_801)
/** The time limit of a test; longer for runs with HOLUB_FUZZ_RUNS. */
const limitMillis = wantedRuns === undefined ? testLimitMillis : 3_600_000

/** A property with fewer default runs than this is slow. */
const fastRuns = 1000

/** A property. */
export interface Fuzz<A> {
  /** The name of a file in `corpus/`, without extension. The file is a JSON array of inputs. */
  readonly corpus: string
  readonly inputs: FastCheck.Arbitrary<A>
  /** The number of random inputs without HOLUB_FUZZ_RUNS. */
  readonly runs: number
  /** Throws if the property does not hold. */
  readonly holds: (input: A) => void | Promise<void>
}

/** Declares two tests: for the corpus, and for random inputs. An input is any JSON value. */
export const fuzz = <A>(name: string, { corpus, holds, inputs, runs }: Fuzz<A>): void => {
  describe(name, () => {
    it(`for corpus/${corpus}.json`, async () => {
      for (const input of corpusOf<A>(corpus)) {
        try {
          await holds(input)
        } catch (cause) {
          throw new Error(`${asJson(input)}\n${textOf(cause)}`, { cause })
        }
      }
    }, limitMillis)

    it("for random inputs", async () => {
      const property = FastCheck.asyncProperty(inputs, async (input) => holds(input))
      const outcome = await FastCheck.check(property, { seed, numRuns: runsOf(runs) })
      if (!outcome.failed) return
      const [input] = outcome.counterexample ?? []
      throw new Error(
        `failed after ${outcome.numRuns} inputs of seed ${outcome.seed}; add to corpus/${corpus}.json:\n${
          asJson(input)
        }\n${textOf(outcome.errorInstance)}`,
        { cause: outcome.errorInstance }
      )
    }, limitMillis)
  })
}

const runsOf = (runs: number): number =>
  wantedRuns === undefined ? runs : Math.ceil(Number(wantedRuns) * Math.min(1, runs / fastRuns))

/** Throws unless `condition` is true. Much faster than `expect`; a long run makes millions of calls. */
export function ensure(condition: boolean, message: string | (() => string)): asserts condition {
  if (!condition) throw new Error(typeof message === "string" ? message : message())
}

/** The inputs of a file in `corpus/`. */
export const corpusOf = <A>(corpus: string): ReadonlyArray<A> =>
  JSON.parse(readFileSync(new URL(`corpus/${corpus}.json`, import.meta.url), "utf8"))

/** JSON in ASCII, so that no character is lost or misleading when it is copied to a file. */
export const asJson = (input: unknown): string =>
  (JSON.stringify(input) ?? "nothing").replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
  )

const textOf = (cause: unknown): string => cause instanceof Error ? cause.stack ?? cause.message : String(cause)
