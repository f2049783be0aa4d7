// Measures messages whose bodies are many small blocks, such as the lines of a log, in one process without sockets.
//
//   npm run bench:lines                   100,000 and 10,000 lines of 10 bytes, over both wires
//   npm run bench:lines -- [options]
//
//   --lines N     number of lines (100000)
//   --rounds N    number of turns (5)
//   --json        one JSON object for each wire instead of the table
//
// `growth` is the time of all lines ÷ that of a tenth of them, each with the same session: 10 is linear, 100 quadratic; the
// goal is 15. `÷ blocks` is the time of the lines ÷ that of the same bytes in blocks as large as the wire asks for. Medians.
import { performance } from "node:perf_hooks"
import { pathToFileURL } from "node:url"
import { bundle } from "../test/simulation/bundle.mjs"
import { countOf, settingsOf } from "./race/options.mjs"
import { digits, machineLine, markdown, median, withGoal } from "./race/table.mjs"

const goalGrowth = 15
const lineBytes = 10
const values = settingsOf(import.meta.url, {
  json: { type: "boolean" },
  lines: { type: "string", default: "100000" },
  rounds: { type: "string", default: "5" }
})
const count = countOf(values.lines, "lines")
const rounds = countOf(values.rounds, "rounds")
const { Digest, Effect, memoryWires, Stream, Transport } = await import(
  pathToFileURL(await bundle("bench/flock/parts.ts")).href
)

const line = new Uint8Array(lineBytes).fill(7)
const lines = (number) => () => Stream.fromIterable(Array.from({ length: number }, () => line))
const largeBlocks = (number) => (blockBytes) => {
  const bytes = new Uint8Array(number * lineBytes).fill(7)
  const starts = Array.from({ length: Math.ceil(bytes.length / blockBytes) }, (_, index) => index * blockBytes)
  return Stream.fromIterable(starts.map((start) => bytes.subarray(start, start + blockBytes)))
}

/** The milliseconds of one message. */
const timed = (session, number, body) =>
  Effect.gen(function*() {
    const size = number * lineBytes
    const sha256 = yield* Digest.ofBytes(new Uint8Array(size).fill(7))
    const startedAt = performance.now()
    yield* session.send({ kind: "text", size, body, sha256: Effect.succeed(sha256) })
    return performance.now() - startedAt
  })

const measured = Effect.gen(function*() {
  const listener = yield* Transport.listen({ host: "192.0.2.1", port: 4040 })
  const accepting = (incoming) => Effect.zipRight(Stream.runDrain(incoming.body(1)), incoming.accept())
  yield* Effect.forkScoped(Stream.runForEach(listener.sessions, ({ serve }) => Effect.fork(serve(accepting))))
  const session = yield* Transport.connect(listener.local)
  const tenth = Math.ceil(count / 10)
  const turns = []
  // The first turn loads the code and is not counted.
  for (let round = 0; round <= rounds; round++) {
    turns.push({
      few: yield* timed(session, tenth, lines(tenth)),
      all: yield* timed(session, count, lines(count)),
      blocks: yield* timed(session, count, largeBlocks(count))
    })
  }
  const counted = turns.slice(1)
  return {
    millis: median(counted.map(({ all }) => all)),
    growth: median(counted.map(({ all, few }) => all / few)),
    toBlocks: median(counted.map(({ all, blocks }) => all / blocks))
  }
})

const results = []
for (const [wire, layer] of Object.entries(memoryWires)) {
  results.push({ wire, lines: count, ...await Effect.runPromise(Effect.scoped(Effect.provide(measured, layer))) })
}
if (values.json === true) { for (const result of results) console.log(JSON.stringify(result)) }
else {
  console.log(`${machineLine()}; ${count} lines of ${lineBytes} bytes, ${rounds} rounds\n`)
  const cells = results.map(({ growth, millis, toBlocks, wire }) => [
    wire,
    digits(millis, 0),
    withGoal(growth, 1, goalGrowth, "≤"),
    digits(toBlocks, 1)
  ])
  console.log(markdown(["wire", "ms", "growth", "÷ blocks"], cells, 1))
}
