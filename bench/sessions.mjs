// Measures the cost of many sessions at one server: the memory of idle sessions, and the total throughput.
//
//   npm run bench:sessions                1,000 idle sessions, then 1, 10, 100 and 1,000 sending sessions
//   npm run bench:sessions -- [options]
//
//   --idle N         number of idle sessions (1000)
//   --counts LIST    numbers of sessions that send concurrently (1,10,100,1000)
//   --millis N       duration of sending (1000)
//   --protection P   aead or crc (aead)
//   --rounds N       number of turns of each count (3)
//   --json           one JSON object on each line instead of the tables
//
// The server and the clients are one process each; every client has its own socket. Memory is measured before and after
// the sessions are opened, each time after a garbage collection: the resident size, and the live heap and buffers. The
// goal is 64 KiB resident for a session at the server. As many sessions are then opened and closed at once, in one process with
// their server. Goodput is the data that the server has read; the ratio is to
// the goodput of one session in the same round; all values are medians. Fairness is Jain's index of the data read from
// each session.
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath, pathToFileURL } from "node:url"
import { bundle } from "../test/simulation/bundle.mjs"
import { partName, servePart, startPart } from "./flock/helpers.mjs"
import { countOf, numberOf, refuse, settingsOf } from "./race/options.mjs"
import { digits, machineLine, markdown, median, withGoal } from "./race/table.mjs"

const host = "127.0.0.1"
const goalKib = 64
const handshakesAtOnce = 32
const settleMillis = 300

const flock = async () => import(pathToFileURL(await bundle("bench/flock/parts.ts")).href)

const memory = async () => {
  for (let times = 0; times < 3; times++) {
    globalThis.gc()
    await sleep(20)
  }
  const { arrayBuffers, heapUsed, rss } = process.memoryUsage()
  return { resident: rss, live: heapUsed + arrayBuffers }
}

const serveServer = async () => {
  const { Effect, Endpoint, services, Stream } = await flock()
  let listener
  const read = new Map()
  const reading = (session) => (stream) =>
    Effect.repeat(
      Effect.map(stream.read(), (bytes) => {
        if (bytes === undefined) return false
        read.set(session, (read.get(session) ?? 0) + bytes.length)
        stream.release(bytes)
        return true
      }),
      { while: (hasMore) => hasMore }
    )
  const listen = (protection) =>
    new Promise((resolve, reject) => {
      const serving = Effect.gen(function*() {
        listener = yield* Endpoint.listen({ host, port: 0, protection })
        resolve(listener.local.port)
        yield* Stream.runForEach(
          listener.sessions,
          (session) => Effect.fork(session.serveStreams(reading(session)))
        )
      })
      Effect.runPromise(Effect.scoped(Effect.provide(serving, services))).catch(reject)
    })
  servePart({
    listen,
    memory,
    sessions: () => listener.open(),
    read: () => {
      const bytes = [...read.values()]
      read.clear()
      return bytes
    }
  })
}

const serveClients = async () => {
  const { Effect, Endpoint, Exit, Limits, Scope, services } = await flock()
  const block = new Uint8Array(Limits.sourceBlockBytes).fill(7)
  const run = (effect, scope) => Effect.runPromise(Scope.extend(Effect.provide(effect, services), scope))
  let scope
  let sessions = []
  const writing = Effect.fnUntraced(function*(session) {
    const stream = yield* session.openStream
    yield* Effect.forever(stream.write(block))
  })
  servePart({
    memory,
    open: async (count, port, protection) => {
      scope = Effect.runSync(Scope.make())
      const opening = Effect.forEach(
        Array.from({ length: count }),
        () => Endpoint.connect({ host, port, protection }),
        { concurrency: handshakesAtOnce }
      )
      sessions = await run(opening, scope)
    },
    write: async () => {
      await run(Effect.forEach(sessions, (session) => Effect.forkScoped(Effect.ignore(writing(session)))), scope)
    },
    close: async () => {
      const lost = sessions.map((session) => session.statistics())
      const sum = (field) => lost.reduce((total, one) => total + one[field], 0)
      const lostShare = sum("lostPackets") / sum("sentPackets")
      await Effect.runPromise(Scope.close(scope, Exit.void))
      sessions = []
      return lostShare
    }
  })
}

/** Opens the sessions and closes them, each time all at once, in one process with their server. Seconds, and those that stay there. */
const atOnce = async (count, protection) => {
  const { Effect, Endpoint, Exit, Scope, services } = await flock()
  const measured = Effect.gen(function*() {
    const listener = yield* Endpoint.listen({ host, port: 0, protection })
    const scopes = yield* Effect.replicateEffect(Scope.make(), count)
    const openedAt = performance.now()
    yield* Effect.forEach(
      scopes,
      (scope) => Scope.extend(Endpoint.connect({ host, port: listener.local.port, protection }), scope),
      { concurrency: "unbounded", discard: true }
    )
    while (listener.open() < count) yield* Effect.sleep(10)
    const openSeconds = (performance.now() - openedAt) / 1000
    yield* Effect.sleep(settleMillis)
    const closedAt = performance.now()
    yield* Effect.forEach(scopes, (scope) => Scope.close(scope, Exit.void), { concurrency: "unbounded", discard: true })
    const closeSeconds = (performance.now() - closedAt) / 1000
    yield* Effect.sleep(settleMillis)
    return { sessionsAtOnce: count, openSeconds, closeSeconds, left: listener.open() }
  })
  return Effect.runPromise(Effect.scoped(Effect.provide(measured, services)))
}

const jain = (values) => {
  const sum = values.reduce((total, value) => total + value, 0)
  return sum ** 2 / (values.length * values.reduce((total, value) => total + value ** 2, 0))
}

const main = async () => {
  const values = settingsOf(import.meta.url, {
    counts: { type: "string", default: "1,10,100,1000" },
    idle: { type: "string", default: "1000" },
    json: { type: "boolean" },
    millis: { type: "string", default: "1000" },
    protection: { type: "string", default: "aead" },
    rounds: { type: "string", default: "3" }
  })
  const idle = countOf(values.idle, "idle")
  const millis = numberOf(values.millis, "millis", 1)
  const rounds = countOf(values.rounds, "rounds")
  const { protection } = values
  if (protection !== "aead" && protection !== "crc") refuse("--protection is aead or crc")
  const counts = values.counts.split(",").map((count) => countOf(count, "counts"))
  const server = startPart(fileURLToPath(import.meta.url), "server", 1)
  const clients = startPart(fileURLToPath(import.meta.url), "clients", 0)
  const port = await server.ask("listen", protection)
  const closed = async () => {
    const lostShare = await clients.ask("close")
    while (await server.ask("sessions") > 0) await sleep(20)
    return lostShare
  }

  // Modules and buffers that the first sessions load are not counted.
  await clients.ask("open", 20, port, protection)
  await closed()
  const before = { server: await server.ask("memory"), clients: await clients.ask("memory") }
  await clients.ask("open", idle, port, protection)
  await sleep(settleMillis)
  const after = { server: await server.ask("memory"), clients: await clients.ask("memory") }
  await closed()
  const kibOf = (part, field) => (after[part][field] - before[part][field]) / 1024 / idle
  const memories = ["server", "clients"].map((part) => ({
    part,
    sessions: idle,
    residentKib: kibOf(part, "resident"),
    liveKib: kibOf(part, "live")
  }))

  const flow = async (sessions) => {
    await clients.ask("open", sessions, port, protection)
    await clients.ask("write")
    await sleep(settleMillis)
    await server.ask("read")
    const startedAt = performance.now()
    await sleep(millis)
    const bytes = await server.ask("read")
    const seconds = (performance.now() - startedAt) / 1000
    const all = [...bytes, ...Array.from({ length: Math.max(0, sessions - bytes.length) }, () => 0)]
    const total = all.reduce((sum, one) => sum + one, 0)
    if (total === 0) throw new Error(`the server read nothing from ${sessions} sessions`)
    const bytesPerSecond = total / seconds
    return { bytesPerSecond, fairness: jain(all), lostShare: await closed() }
  }
  const turns = []
  for (let round = 1; round <= rounds; round++) {
    const first = turns.length
    for (const sessions of counts) turns.push({ sessions, ...await flow(sessions) })
    const one = turns[first].bytesPerSecond
    for (const turn of turns.slice(first)) turn.ratio = turn.bytesPerSecond / one
  }
  const flows = counts.map((sessions) => {
    const of = (field) => median(turns.filter((turn) => turn.sessions === sessions).map((turn) => turn[field]))
    const fields = ["bytesPerSecond", "ratio", "fairness", "lostShare"]
    return { sessions, ...Object.fromEntries(fields.map((field) => [field, of(field)])) }
  })
  clients.end()
  server.end()
  const burst = await atOnce(idle, protection)

  if (values.json === true) return [...memories, ...flows, burst].forEach((row) => console.log(JSON.stringify(row)))
  console.log(`${machineLine()}; ${idle} idle sessions; goodput over ${rounds} rounds of ${millis} ms\n`)
  const memoryCells = memories.map(({ liveKib, part, residentKib }) => [
    part,
    withGoal(residentKib, 0, part === "server" ? goalKib : undefined, "≤"),
    digits(liveKib, 0)
  ])
  console.log(markdown(["KiB a session", "resident", "live"], memoryCells, 1), "\n")
  const flowCells = flows.map(({ bytesPerSecond, fairness, lostShare, ratio, sessions }) => [
    String(sessions),
    digits(bytesPerSecond / 1e6, 0),
    digits(ratio, 2),
    digits(fairness, 2),
    `${digits(lostShare * 100, 1)} %`
  ])
  console.log(markdown(["sessions", "MB/s", "ratio", "fairness", "packets lost"], flowCells, 1), "\n")
  const burstCells = [[
    String(burst.sessionsAtOnce),
    withGoal(burst.openSeconds, 1, 3, "≤"),
    withGoal(burst.closeSeconds, 1, 2, "≤"),
    withGoal(burst.left, 0, 0, "≤")
  ]]
  console.log(markdown(["sessions at once", "opened in s", "closed in s", "left at the server"], burstCells, 1))
}

const part = partName()
if (part === "server") await serveServer()
else if (part === "clients") await serveClients()
else await main()
