/** A dialog without a terminal: the test types the lines, everything that is shown is kept. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as TestClock from "effect/TestClock"
import type { LineRequest } from "../../../src/cli/interactive/Dialog.ts"
import { Back, Dialog } from "../../../src/cli/interactive/Dialog.ts"

export interface Person {
  /** Types lines, one after another, each as soon as it is asked for; `back` is Ctrl-D. */
  readonly types: (...lines: ReadonlyArray<string>) => Effect.Effect<void>
  /** What is shown since the last call, prompts and answers among it, once nothing more happens by itself. */
  readonly sees: Effect.Effect<string>
  /** Waits for the next question: a message that was sent has its digest made outside of virtual time. */
  readonly isAsked: Effect.Effect<void>
  /** The current prompt; undefined without a question. */
  readonly asked: () => string | undefined
  readonly layer: Layer.Layer<Dialog>
}

export const back = "\u0004"

/** A person before a terminal of so many columns; by default it is so wide that no line is broken. */
export const person = (columns = 200): Person => {
  const lines = Effect.runSync(Queue.unbounded<string>())
  let shown = ""
  let asked: string | undefined
  const line = ({ prompt }: LineRequest) =>
    Effect.suspend(() => {
      asked = prompt
      return Queue.take(lines)
    }).pipe(
      Effect.tap((text) =>
        Effect.sync(() => {
          shown += `${prompt}${text === back ? "" : text}\n`
        })
      ),
      Effect.flatMap((text) => text === back ? Effect.fail(new Back()) : Effect.succeed(text)),
      Effect.ensuring(Effect.sync(() => {
        asked = undefined
      }))
    )
  // The program has so many turns of the event loop, or until it asks.
  const turn = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
  const settled = Effect.suspend(() => {
    let turns = 0
    const isSettled = () => ++turns >= 10 && (asked !== undefined || turns >= 100)
    return Effect.zipRight(TestClock.adjust("1 millis"), Effect.repeat(turn, { until: isSettled }))
  })
  const output = {
    write: (text: string) => {
      shown += text
    },
    drained: Effect.void,
    backlogBytes: () => 0,
    isTerminal: true,
    isAnimated: false,
    columns: () => columns
  }
  return {
    types: (...texts) =>
      Effect.forEach(texts, (text) => Effect.zipRight(Queue.offer(lines, text), settled), { discard: true }),
    sees: Effect.zipRight(
      settled,
      Effect.sync(() => {
        const news = shown
        shown = ""
        return news
      })
    ),
    isAsked: Effect.asVoid(Effect.repeat(turn, { until: () => asked !== undefined })),
    asked: () => asked,
    layer: Layer.succeed(Dialog, { line, output })
  }
}
