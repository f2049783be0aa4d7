// Measures apps behind listeners of TCP with many clients, compared with a server of node:net in 20 lines that sends back what it
// gets (bench/services/echo.mjs), in the same run.
//
//   npm run bench:services                 2,000 clients of "sum", and 200 in "letstalk"
//   npm run bench:services -- [options]
//
//   --clients N    clients of "sum" at the same time (2000)
//   --numbers LIST numbers of a client in one connection (5,100)
//   --guests N     clients in "letstalk" at the same time (200)
//   --rate N       messages a second in the chat, by all guests together (20): each is delivered to all guests
//   --millis N     duration of one turn (3000)
//   --rounds N     turns of each program (5)
//   --json         one JSON object for each program instead of the tables
//
// The server and the clients are one process each. A dialogue with "sum" is: connect, send numbers as lines, each in
// a write of its own, and "#", read the sum; with the echo server: connect, send the same, read the same. With five numbers the opening
// and closing of connections is measured above all, with a hundred the messages. In a chat each message carries the time of its sending, and
// the server of comparison sends what it gets to all. Memory is the resident size of the server with all clients connected, less that
// without, both after a garbage collection. Ratios are medians over the rounds of holub ÷ node:net.
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath, pathToFileURL } from "node:url"
import { bundle } from "../test/simulation/bundle.mjs"
import { partName, servePart, startPart } from "./flock/helpers.mjs"
import { countOf, numberOf, settingsOf } from "./race/options.mjs"
import { digits, machineLine, markdown, median, withGoal } from "./race/table.mjs"
import { chat, dialogues, openAll } from "./services/load.mjs"

const host = "127.0.0.1"
const goals = { throughput: 0.5, p99: 3, clientKb: 30 }
/** The servers of comparison. */
const plain = { "echo": { toAll: false }, "echo to all": { toAll: true } }
const settleMillis = 300
/** A server runs for days: its code is compiled. */
const warmUpMillis = 3000
const messagesOf = (numbers) => [...Array.from({ length: numbers }, () => "2\n"), "#\n"]
const answerOf = (name, numbers) => name === "echo" ? messagesOf(numbers).join("") : `${2 * numbers}\n`

const memory = async () => {
  for (let times = 0; times < 3; times++) {
    globalThis.gc()
    await sleep(20)
  }
  return process.memoryUsage().rss
}

const serveServer = () =>
  servePart({
    memory,
    listen: async (name) => {
      if (name in plain) return (await import("./services/echo.mjs")).listen(host, plain[name].toAll)
      return (await import(pathToFileURL(await bundle("bench/services/parts.ts")).href)).serve(name, host)
    }
  })

/** A server in a process of its own, for one program. */
const startServer = async (name) => {
  const part = startPart(fileURLToPath(import.meta.url), "server", 1)
  return { port: await part.ask("listen", name), memory: () => part.ask("memory"), end: part.end }
}

const closed = async (sockets) => {
  sockets.forEach((socket) => socket.destroy())
  await sleep(settleMillis)
}

const sumTurn = (numbers) => async (name, { clients, millis }) => {
  const { end, memory: memoryOf, port } = await startServer(name)
  const dialogue = { port, host, messages: messagesOf(numbers), answerBytes: answerOf(name, numbers).length }
  const talk = async (count, duration) => {
    const sockets = await openAll(count, port, host)
    return dialogues({ ...dialogue, sockets, millis: duration })
  }
  await talk(Math.min(clients, 100), warmUpMillis)
  await sleep(settleMillis)
  const before = await memoryOf()
  const sockets = await openAll(clients, port, host)
  await sleep(settleMillis)
  const clientKb = (await memoryOf() - before) / 1000 / clients
  const result = await dialogues({ ...dialogue, sockets, millis })
  end()
  return { program: name, clientKb, ...result }
}

/** Gives every guest a name, and waits until the first one has seen all others enter: a server may accept a connection later than its client sees. */
const enter = async (sockets, entered) => {
  const [first] = sockets
  let text = ""
  first.on("data", (bytes) => text += bytes.toString())
  first.write("guest 0\nready\n")
  while (!text.includes("ready")) await sleep(1)
  for (const [number, socket] of sockets.entries()) {
    if (socket !== first) socket.write(`guest ${number}\n`)
  }
  while (text.split(entered).length < sockets.length) await sleep(10)
  first.removeAllListeners("data")
}

const chatTurn = async (name, { guests, millis, rate }) => {
  const { end, port } = await startServer(name)
  const sockets = await openAll(guests, port, host)
  await enter(sockets, name in plain ? "guest " : " has entered room")
  const load = { perSecond: rate, expected: guests }
  await chat({ sockets, millis: warmUpMillis, ...load })
  sockets.forEach((socket) => socket.removeAllListeners("data"))
  const result = await chat({ sockets, millis, ...load })
  await closed(sockets)
  end()
  return { program: name, ...result }
}

const main = async () => {
  const values = settingsOf(import.meta.url, {
    clients: { type: "string", default: "2000" },
    guests: { type: "string", default: "200" },
    json: { type: "boolean" },
    numbers: { type: "string", default: "5,100" },
    millis: { type: "string", default: "3000" },
    rate: { type: "string", default: "20" },
    rounds: { type: "string", default: "5" }
  })
  const load = {
    clients: countOf(values.clients, "clients"),
    guests: countOf(values.guests, "guests"),
    millis: numberOf(values.millis, "millis", 1),
    rate: numberOf(values.rate, "rate", 1)
  }
  const sums = values.numbers.split(",").map((text) => countOf(text, "numbers"))
  const works = [
    ...sums.map((numbers) => [`sum of ${numbers}`, sumTurn(numbers), "sum", "echo"]),
    ["chat", chatTurn, "letstalk", "echo to all"]
  ]
  const turns = []
  const startedAt = performance.now()
  for (let round = 1; round <= countOf(values.rounds, "rounds"); round++) {
    for (const [work, turn, ours, theirs] of works) {
      // Alternating, because the machine is not equally fast all the time.
      const order = round % 2 === 1 ? [theirs, ours] : [ours, theirs]
      for (const name of order) turns.push({ round, work, ...await turn(name, load) })
    }
  }
  const rows = works.flatMap(([work, , ours, theirs]) => {
    const of = (isOurs, field) =>
      turns.filter((turn) => turn.work === work && turn.program === (isOurs ? ours : theirs)).map((turn) => turn[field])
    const ratio = (field) => median(of(true, field).map((value, round) => value / of(false, field)[round]))
    const row = (isOurs) => ({
      work,
      program: isOurs ? "holub" : theirs,
      perSecond: median(of(isOurs, "perSecond")),
      p99: median(of(isOurs, "p99")),
      clientKb: median(of(isOurs, "clientKb"))
    })
    return [{ ...row(true), perSecondRatio: ratio("perSecond"), p99Ratio: ratio("p99") }, row(false)]
  })
  if (values.json === true) return rows.forEach((row) => console.log(JSON.stringify(row)))
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  console.log(`${machineLine()}; ${load.clients} clients, ${load.guests} guests; ${seconds} s\n`)
  const cells = rows.map(({ clientKb, p99, p99Ratio, perSecond, perSecondRatio, program, work }) => {
    const isOurs = program === "holub"
    return [
      work,
      program,
      digits(perSecond, 0),
      isOurs ? withGoal(perSecondRatio, 2, goals.throughput) : "",
      digits(p99, 1),
      isOurs ? withGoal(p99Ratio, 2, goals.p99, "≤") : "",
      clientKb > 0 ? withGoal(clientKb, 1, isOurs ? goals.clientKb : undefined, "≤") : ""
    ]
  })
  console.log(markdown(["work", "program", "messages a second", "ratio", "p99 ms", "ratio", "KB a client"], cells, 2))
}

if (partName() === "server") serveServer()
else {
  await main()
  process.exit()
}
