/**
 * Runs a property over its corpus and over random inputs. With nothing set the inputs are the same every time:
 *
 *     npx vitest run test/fuzz
 *     HOLUB_FUZZ_RUNS=100000 HOLUB_FUZZ_SEED=7 npx vitest run test/fuzz
 *
 * The second gives every property so many inputs, the slow ones a share of them, of another seed. A failure prints the
 * smallest input that was found, in the form that goes into `test/fuzz/corpus/`; every input there runs before the random
 * ones, for ever.
 */
import * as FastCheck from "fast-check"
import { readFileSync } from "node:fs"
import { describe, it } from "vitest"
import { testLimitMillis } from "../waitLimit.ts"

const wantedRuns = process.env["HOLUB_FUZZ_RUNS"]
const seed = Number(process.env["HOLUB_FUZZ_SEED"] ?? 20_250_801)
/** A run of more inputs may take an hour. */
const limitMillis = wantedRuns === undefined ? testLimitMillis : 3_600_000

/** What does fewer inputs than this when nothing is set is slow. */
const swiftRuns = 1000

export interface Fuzz<A> {
  /** The name of a file in `corpus/`, without its ending: an array of inputs. */
  readonly corpus: string
  readonly inputs: FastCheck.Arbitrary<A>
  /** Inputs when nothing is set. */
  readonly runs: number
  /** Throws when the property does not hold. */
  readonly holds: (input: A) => void | Promise<void>
}

/** Two tests: the corpus, and random inputs. An input is anything that JSON can say. */
export const fuzz = <A>(name: string, { corpus, holds, inputs, runs }: Fuzz<A>): void => {
  describe(name, () => {
    it(`for corpus/${corpus}.json`, async () => {
      for (const input of corpusOf<A>(corpus)) {
        try {
          await holds(input)
        } catch (cause) {
          throw new Error(`${asJson(input)}\n${wordsOf(cause)}`, { cause })
        }
      }
    }, limitMillis)

    it("for random inputs", async () => {
      const property = FastCheck.asyncProperty(inputs, async (input) => holds(input))
      const outcome = await FastCheck.check(property, { seed, numRuns: runsOf(runs) })
      if (!outcome.failed) return
      const [input] = outcome.counterexample ?? []
      throw new Error(
        `after ${outcome.numRuns} inputs of seed ${outcome.seed}, for corpus/${corpus}.json:\n${asJson(input)}\n${
          wordsOf(outcome.errorInstance)
        }`,
        { cause: outcome.errorInstance }
      )
    }, limitMillis)
  })
}

const runsOf = (runs: number): number =>
  wantedRuns === undefined ? runs : Math.ceil(Number(wantedRuns) * Math.min(1, runs / swiftRuns))

/** Throws unless `condition` holds. Much cheaper than `expect`, of which a long run would make millions. */
export function ensure(condition: boolean, what: string | (() => string)): asserts condition {
  if (!condition) throw new Error(typeof what === "string" ? what : what())
}

/** The inputs of a file in `corpus/`. */
export const corpusOf = <A>(corpus: string): ReadonlyArray<A> =>
  JSON.parse(readFileSync(new URL(`corpus/${corpus}.json`, import.meta.url), "utf8"))

/** In ASCII, so that nothing of it is lost or misleads on the way into a file. */
export const asJson = (input: unknown): string =>
  (JSON.stringify(input) ?? "nothing").replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
  )

const wordsOf = (cause: unknown): string => cause instanceof Error ? cause.stack ?? cause.message : String(cause)
