// Measures the round trip of small messages on an open session, compared with other transports: two processes over
// loopback.
//
//   npm run bench:latency                 64 bytes, echoed; flock compared with node:dgram, TCP and udx-native
//   npm run bench:latency -- [options]
//
//   --rounds N    number of turns of each program (9)
//   --millis N    duration of one turn (250)
//   --bytes N     size of a message (64)
//   --json        one JSON object for each program instead of the table
//
// One message is in flight at a time: the next one is written when the answer to the previous one was read. flock uses
// one open stream, as an embedding program does. A ratio is the median over the rounds of the p50 divided by
// node:dgram's p50 in the same round; the goal is 1.6. udx-native is included if the lab has installed it
// ($BENCH_DIR/tools).
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { createRequire } from "node:module"
import { connect as connectTcp, createServer } from "node:net"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { fileURLToPath, pathToFileURL } from "node:url"
import { bundle } from "../test/simulation/bundle.mjs"
import { partName, servePart, startPart } from "./flock/helpers.mjs"
import { tools } from "./race/installed.mjs"
import { countOf, numberOf, settingsOf } from "./race/options.mjs"
import { digits, machineLine, markdown, median, withGoal } from "./race/table.mjs"

const host = "127.0.0.1"
const goal = 1.6
// Enough for the compiler to optimise all code.
const warmUpMessages = 5000
const udxIds = { server: 1, client: 2 }

const flock = async () => import(pathToFileURL(await bundle("bench/flock/parts.ts")).href)

const loadUdx = () => {
  try {
    return createRequire(join(tools, "package.json"))("udx-native")
  } catch {
    return undefined
  }
}

const udxPair = async (role, peerPort) => {
  const socket = new (loadUdx())().createSocket()
  socket.bind(0, host)
  const stream = socket.udx.createStream(udxIds[role])
  const connect = (port) => stream.connect(socket, udxIds[role === "server" ? "client" : "server"], port, host)
  if (peerPort !== undefined) connect(peerPort)
  return { connect, port: socket.address().port, stream }
}

/** Each starts an echo server and resolves to its port. */
const echoes = {
  dgram: async () => {
    const socket = createSocket("udp4").on("message", (bytes, { port }) => socket.send(bytes, port, host))
    socket.bind(0, host)
    await once(socket, "listening")
    return socket.address().port
  },
  tcp: async () => {
    const server = createServer({ noDelay: true }, (socket) => socket.on("data", (bytes) => socket.write(bytes)))
    server.listen(0, host)
    await once(server, "listening")
    return server.address().port
  },
  flock: async () => {
    const { Effect, Endpoint, services, Stream } = await flock()
    return new Promise((resolve, reject) => {
      const serving = Effect.gen(function*() {
        const listener = yield* Endpoint.listen({ host, port: 0 })
        resolve(listener.local.port)
        const echo = (stream) => Effect.forever(Effect.flatMap(stream.read(), (bytes) => stream.write(bytes)))
        yield* Stream.runForEach(
          listener.sessions,
          (session) => Effect.fork(session.serveStreams(echo))
        )
      })
      Effect.runPromise(Effect.scoped(Effect.provide(serving, services))).catch(reject)
    })
  }
}
let udxServer
const udxEcho = async () => {
  udxServer = await udxPair("server")
  return udxServer.port
}

/** Each resolves to a function that sends a message and calls back, with an error if it fails, when the whole echo has arrived. */
const dials = {
  dgram: async (port) => {
    const socket = createSocket("udp4")
    let onAnswer
    socket.on("message", () => onAnswer()).connect(port, host)
    await once(socket, "connect")
    return (message, done) => {
      onAnswer = done
      socket.send(message)
    }
  },
  tcp: async (port) => {
    const socket = connectTcp({ port, host, noDelay: true })
    await once(socket, "connect")
    return byBytes(socket)
  },
  flock: async (port) => {
    const { Effect, Endpoint, Exit, Scope, services } = await flock()
    const scope = Effect.runSync(Scope.make())
    const opening = Effect.flatMap(Endpoint.connect({ host, port }), (session) => session.openStream)
    const stream = await Effect.runPromise(Scope.extend(Effect.provide(opening, services), scope))
    return (message, done) =>
      Effect.runCallback(Effect.zipRight(stream.write(message), stream.read(message.length)), {
        onExit: (exit) => Exit.isSuccess(exit) ? done() : done(new Error(`flock does not echo: ${exit.cause}`))
      })
  }
}

const byBytes = (stream) => {
  let missing = 0
  let onAnswer
  stream.on("data", ({ length }) => {
    missing -= length
    if (missing <= 0) onAnswer()
  })
  return (message, done) => {
    missing = message.length
    onAnswer = done
    stream.write(message)
  }
}

const exchange = (send, bytes) =>
  new Promise((resolve, reject) =>
    send(new Uint8Array(bytes), (error) => error === undefined ? resolve() : reject(error))
  )

const roundTrips = async (send, bytes, millis) => {
  const micros = []
  const endsAt = performance.now() + millis
  for (let before = performance.now(); before < endsAt;) {
    await exchange(send, bytes)
    const now = performance.now()
    micros.push((now - before) * 1000)
    before = now
  }
  micros.sort((a, b) => a - b)
  return { p50: median(micros), p99: micros[Math.floor(micros.length * 0.99)], messages: micros.length }
}

const serveServer = () =>
  servePart({
    start: (name) => name === "udx" ? udxEcho() : echoes[name](),
    meet: (port) => {
      udxServer.connect(port)
      udxServer.stream.on("data", (bytes) => udxServer.stream.write(bytes))
    }
  })

const serveClient = () => {
  const senders = new Map()
  servePart({
    dial: async (name, port) => {
      if (name === "udx") {
        const { port: local, stream } = await udxPair("client", port)
        senders.set(name, byBytes(stream))
        return local
      }
      senders.set(name, await dials[name](port))
    },
    warm: async (name, bytes) => {
      for (let count = 0; count < warmUpMessages; count++) await exchange(senders.get(name), bytes)
    },
    run: (name, bytes, millis) => roundTrips(senders.get(name), bytes, millis)
  })
}

const main = async () => {
  const values = settingsOf(import.meta.url, {
    bytes: { type: "string", default: "64" },
    json: { type: "boolean" },
    millis: { type: "string", default: "250" },
    rounds: { type: "string", default: "9" }
  })
  const [bytes, rounds] = [countOf(values.bytes, "bytes"), countOf(values.rounds, "rounds")]
  const millis = numberOf(values.millis, "millis", 1)
  const programs = ["dgram", "tcp", "flock", ...(loadUdx() === undefined ? [] : ["udx"])]
  const server = startPart(fileURLToPath(import.meta.url), "server", 1)
  const client = startPart(fileURLToPath(import.meta.url), "client", 0)
  const rows = []
  for (const program of programs) {
    const local = await client.ask("dial", program, await server.ask("start", program))
    if (program === "udx") await server.ask("meet", local)
    await client.ask("warm", program, bytes)
  }
  for (let round = 1; round <= rounds; round++) {
    for (const program of programs) {
      rows.push({ program, round, ...await client.ask("run", program, bytes, millis) })
    }
  }
  client.end()
  server.end()
  const results = programs.map((program) => {
    const own = rows.filter((row) => row.program === program)
    const ratio = (field) =>
      median(own.map((row, index) => row[field] / rows.filter((one) => one.program === "dgram")[index][field]))
    return {
      program,
      p50: median(own.map(({ p50 }) => p50)),
      p99: median(own.map(({ p99 }) => p99)),
      ratio: ratio("p50"),
      ratio99: ratio("p99")
    }
  })
  if (values.json === true) return results.forEach((row) => console.log(JSON.stringify(row)))
  console.log(`${machineLine()}; messages of ${bytes} bytes, ${rounds} rounds of ${millis} ms\n`)
  const cells = results.map(({ p50, p99, program, ratio, ratio99 }) => [
    program,
    digits(p50, 0),
    digits(p99, 0),
    withGoal(ratio, 2, program === "flock" ? goal : undefined, "≤"),
    digits(ratio99, 2)
  ])
  console.log(markdown(["program", "p50, µs", "p99, µs", "p50 ÷ dgram", "p99 ÷ dgram"], cells, 1))
}

const part = partName()
if (part === "server") serveServer()
else if (part === "client") serveClient()
else await main()
