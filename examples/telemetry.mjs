// Exports what Holub observes: metrics in the text format of Prometheus, transfers as spans, diagnostics as log lines.
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Metric from "effect/Metric"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import { Diagnostics, Inbox, Metrics, Outbox, Storage, Transport } from "holub"
import * as Flock from "holub/flock"
import * as HolubNode from "holub/node"
import { StorageMemory } from "holub/testing"

const program = Effect.gen(function*() {
  const storage = yield* Storage.Storage
  const inbox = yield* storage.inbox({ path: "/inbox", ifExists: "rename" })
  const listener = yield* Transport.listen({ host: "127.0.0.1", port: 0 })
  yield* Effect.forkScoped(Stream.runDrain(Inbox.receiveAll(listener, inbox)))
  yield* Effect.scoped(Effect.gen(function*() {
    const session = yield* Transport.connect(listener.local)
    yield* Outbox.sendFile(session, yield* storage.source("/photo.jpg"))
  }))
})

/** A line for each metric that has one number, and two for each histogram. */
const prometheus = (pairs) =>
  pairs.filter(({ metricKey: { name } }) => name.startsWith("holub_")).flatMap(
    ({ metricKey: { name, tags }, metricState }) => {
      const labels = tags.map(({ key, value }) => `${key}="${value}"`).join(",")
      return "buckets" in metricState
        ? [`${name}_count{${labels}} ${metricState.count}`, `${name}_sum{${labels}} ${metricState.sum}`]
        : [`${name}{${labels}} ${metricState.count ?? metricState.value}`]
    }
  )

/** Prints each span of Holub at its end. A program in production takes the tracer of @effect/opentelemetry. */
const printing = Tracer.make({
  context: (run) => run(),
  span: (name, parent, context, links, startTime, kind) => {
    const attributes = new Map()
    return {
      _tag: "Span",
      name,
      spanId: name,
      traceId: "holub",
      parent,
      context: context ?? Context.empty(),
      status: { _tag: "Started", startTime },
      attributes,
      links,
      sampled: true,
      kind,
      attribute: (key, value) => attributes.set(key, value),
      event: () => undefined,
      addLinks: () => undefined,
      end: () =>
        name.startsWith("holub.") && console.log(`span ${name} ${JSON.stringify(Object.fromEntries(attributes))}`)
    }
  }
})

const disk = new Map([["/photo.jpg", new Uint8Array(5_000_000)]])
const observation = Layer.mergeAll(Metrics.layer, Diagnostics.layer)
const services = Layer.mergeAll(Layer.provide(Flock.layer(), HolubNode.layer), StorageMemory.layer(disk), observation)
  .pipe(
    Layer.provide(Layer.mergeAll(Logger.logFmt, Logger.minimumLogLevel(LogLevel.Debug))),
    Layer.provideMerge(Layer.setTracer(printing))
  )

await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(services)))
console.log(prometheus(Metric.unsafeSnapshot()).join("\n"))
