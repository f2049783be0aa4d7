/** A tracer that records the spans that have ended. */
import * as Context from "effect/Context"
import type * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"

export interface Ended {
  readonly name: string
  readonly kind: string
  /** The name of the span around it. */
  readonly parent: string | undefined
  readonly attributes: Readonly<Record<string, unknown>>
  readonly exit: Exit.Exit<unknown, unknown>
}

/** A tracer, and the spans that have ended, in this order. */
export const recording = () => {
  const ended: Array<Ended> = []
  let spans = 0
  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind) => {
      const attributes = new Map<string, unknown>()
      const around = Option.getOrUndefined(parent)
      return {
        _tag: "Span",
        name,
        spanId: String(++spans),
        traceId: "1",
        parent,
        context: context ?? Context.empty(),
        status: { _tag: "Started", startTime },
        attributes,
        links: [...links],
        sampled: true,
        kind,
        end: (_, exit) =>
          void ended.push({
            name,
            kind,
            parent: around?._tag === "Span" ? around.name : undefined,
            attributes: Object.fromEntries(attributes),
            exit
          }),
        attribute: (key, value) => void attributes.set(key, value),
        event: () => undefined,
        addLinks: () => undefined
      }
    },
    context: (run) => run()
  })
  return { ended, tracer }
}
