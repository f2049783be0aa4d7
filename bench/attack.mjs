// Measures what hostile peers of flock cost a server and its other peers: a server as `serve` runs it, with encrypted sessions, in a
// process of its own, attacked over loopback from many addresses of 127.0.0.0/8.
//
//   npm run bench:attack                  all attacks, in less than five minutes
//   npm run bench:attack -- [options]
//
//   --only LIST   some of reset,announce,hold,gaps,sessions,hello,move (limits that peers try to exceed) and
//                 hellos,forged,garbage,streams,announcements,stalled (others are served meanwhile)
//   --millis N    duration of a transfer under attack (1500; 3000 in the second group)
//   --json        one JSON object for each row instead of the table
//
// Each row has a number and the goal that it must reach; the program ends with exit code 1 if one is missed. In the first group
// times are processor times of the server, which other programs on the machine hardly change; the time of a stream is that of
// sessions with streams less that of the same sessions without. In the second group a transfer with a limit of 200 Mbit/s runs all the
// time, a session of before the attack; its goodput is given as the ratio to that in the same session without the attack. Another
// client connects again and again from 127.0.0.1 and sends a text. The attackers are at 127.0.0.2 to 127.0.0.254, for which the
// limits of tokens hold. The garbage comes at half the rate at which a socket that only counts datagrams begins to drop. Memory is
// the heap and the buffers after a garbage collection, less what the open sessions may hold: 64 KiB each. These attackers send no
// bodies, so they use no credit.
import { spawnSync } from "node:child_process"
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath, pathToFileURL } from "node:url"
import { bundle } from "../test/simulation/bundle.mjs"
import { partName, servePart, startPart } from "./flock/helpers.mjs"
import { host, limits, mebi, outside } from "./flock/limits.mjs"
import { sieges } from "./flock/sieges.mjs"
import { numberOf, refuse, settingsOf } from "./race/options.mjs"
import { digits, machineLine, markdown } from "./race/table.mjs"

/** The rate of the transfer in the second group, in bytes a second. */
const limitBytesPerSecond = 25_000_000

/** The addresses of the attackers in the second group. */
const sources = Array.from({ length: 253 }, (_, nth) => `127.0.0.${2 + nth}`)

const parts = async () => import(pathToFileURL(await bundle("bench/flock/attackParts.ts")).href)

const serveServer = async () => {
  const { serve } = await parts()
  let server
  servePart({
    /** Lowers the limit of open files; resolves to whether that worked. */
    limitFiles: (count) => spawnSync("prlimit", [`--pid=${process.pid}`, `--nofile=${count}`]).status === 0,
    listen: async (quotaBytes, at) => {
      const inbox = mkdtempSync(join(tmpdir(), "holub-attack-"))
      process.on("exit", () => rmSync(inbox, { recursive: true }))
      server = await serve(at, inbox, quotaBytes)
      return server.port
    },
    sessions: () => server.sessions(),
    received: () => server.received(),
    underWay: () => server.underWay(),
    cpuMicros: () => {
      const { system, user } = process.cpuUsage()
      return system + user
    },
    residentBytes: async () => {
      globalThis.gc()
      await sleep(100)
      globalThis.gc()
      return process.memoryUsage().rss
    },
    /** Memory that is in use: the heap and buffers after a garbage collection. */
    liveBytes: async () => {
      globalThis.gc()
      await sleep(100)
      globalThis.gc()
      const { arrayBuffers, heapUsed } = process.memoryUsage()
      return heapUsed + arrayBuffers
    }
  })
}

const serveClient = async () => {
  const { Effect, Endpoint, Exit, Scope, services, Stream } = await parts()
  const run = (effect) => Effect.runPromise(Effect.scoped(Effect.provide(effect, services)))
  const sha256 = (bytes) =>
    Effect.promise(async () => Buffer.from(await globalThis.crypto.subtle.digest("SHA-256", bytes)).toString("hex"))
  const textOf = (size) => {
    const body = new Uint8Array(size).fill(65)
    return { kind: "text", size, sha256: sha256(body), body: () => Stream.make(body) }
  }
  /** The session with the limit. */
  let limited
  servePart({
    /** Opens a session with the limit, which stays open; resolves to the connection id of the server. */
    open: async (port) => {
      const scope = Effect.runSync(Scope.make())
      process.on("exit", () => Effect.runFork(Scope.close(scope, Exit.void)))
      let serverId
      const onSecrets = (secrets) => {
        serverId = secrets.serverId
      }
      const opening = Endpoint.connect({ host, port, limitBytesPerSecond, onSecrets })
      limited = await Effect.runPromise(Scope.extend(Effect.provide(opening, services), scope))
      return serverId
    },
    /**
     * Sends one text of 1 MiB after another over that session for `millis`; resolves to the bytes a second that were accepted. A session
     * that is lost sends no more.
     */
    send: async (millis) => {
      const text = textOf(mebi)
      const sending = Effect.timeoutFail(limited.send(text), {
        duration: 20_000,
        onTimeout: () => new Error("no answer")
      })
      const startedAt = performance.now()
      let bytes = 0
      while (performance.now() - startedAt < millis) {
        const outcome = await run(Effect.exit(sending))
        if (outcome._tag === "Success") bytes += mebi
        else {
          console.error(String(outcome.cause))
          break
        }
      }
      return bytes / (performance.now() - startedAt) * 1000
    },
    /** Connects and sends a text, again and again for `millis`. */
    visit: async (port, millis) => {
      const text = textOf(1024)
      const startedAt = performance.now()
      const connectMillis = []
      let served = 0
      while (performance.now() - startedAt < millis) {
        const connectedAt = performance.now()
        const visit = Effect.flatMap(Endpoint.connect({ host, port }), (opened) => {
          connectMillis.push(performance.now() - connectedAt)
          return opened.send(text)
        })
        const outcome = await run(Effect.exit(Effect.timeoutFail(Effect.scoped(visit), {
          duration: 10_000,
          onTimeout: () => "no answer"
        })))
        if (outcome._tag === "Success") served++
        await sleep(5)
      }
      return { connectMillis, served, visits: connectMillis.length }
    },
    /** Sends a message; resolves to "sent", or the reason why not. */
    message: (port, kind, bytes, millis) => {
      const body = new Uint8Array(bytes).fill(65)
      const sending = Effect.flatMap(
        Endpoint.connect({ host, port }),
        (session) =>
          session.send({ kind, name: "honest", size: bytes, sha256: sha256(body), body: () => Stream.make(body) })
      )
      return run(sending.pipe(
        Effect.as("sent"),
        Effect.catchAll(({ detail, reason }) => Effect.succeed(detail ?? reason)),
        Effect.timeoutTo({ duration: millis, onTimeout: () => "timeout", onSuccess: (outcome) => outcome })
      ))
    },
    /** Sends one text of 1 MiB after another for `millis`; resolves to the bytes that were accepted. */
    transfer: (port, millis) => {
      const body = new Uint8Array(mebi).fill(65)
      const text = { kind: "text", size: body.length, sha256: sha256(body), body: () => Stream.make(body) }
      let bytes = 0
      const sending = Effect.flatMap(
        Endpoint.connect({ host, port }),
        (session) =>
          Effect.forever(Effect.map(session.send(text), () => {
            bytes += body.length
          }))
      )
      return run(Effect.map(Effect.timeoutOption(sending, millis), () => bytes))
    },
    /** Opens a session; resolves to the milliseconds, or -1 without an answer. */
    connect: async (port) => {
      const startedAt = performance.now()
      const outcome = await run(Effect.exit(Endpoint.connect({ host, port })))
      return outcome._tag === "Success" ? performance.now() - startedAt : -1
    }
  })
}

/** The process of the attackers in the second group. One attack runs at a time. */
const serveAttackers = async () => {
  const { Attacker, Flood } = await parts()
  let attack
  /** Runs `body` for each of the first `count` sources, again and again, until the end; it returns what it has done. */
  const repeatedly = (count, body) => {
    const startedAt = performance.now()
    const ending = new AbortController()
    const isOver = () => ending.signal.aborted
    let done = 0
    const turns = async (source) => {
      while (!isOver()) {
        done += await body(source, isOver)
        await sleep(0)
      }
    }
    for (const source of sources.slice(0, count)) turns(source)
    return {
      stop: () => {
        ending.abort()
        return { count: done, seconds: (performance.now() - startedAt) / 1000 }
      }
    }
  }
  let stalled = []
  servePart({
    start: async (name, server, perSecond, serverId) => {
      attack = await Flood[name](sources, perSecond / 1000, server, serverId)
    },
    resetStreams: (server, peers) => {
      const together = 32
      const byte = { bytes: Uint8Array.of(64), end: 1, isLast: false, offset: 0, start: 0 }
      attack = repeatedly(peers, async (source, isOver) => {
        const attacker = await Attacker.open(source, server, 1000)
        if (attacker === undefined) return 0
        let streams = 0
        for (let first = 0; first < 256 && !isOver(); first += together) {
          const ids = Array.from({ length: together }, (_, nth) => 2 * (first + nth))
          attacker.send(...ids.map((id) => ({ _tag: "Stream", id, ...byte })))
          attacker.send(...ids.map((id) => ({ _tag: "ResetStream", code: 0, finalBytes: 1, id })))
          streams += together
          await sleep(0)
        }
        attacker.close()
        return streams
      })
    },
    announce: async (server, peers) => {
      const attackers = await Promise.all(sources.slice(0, peers).map((source) => Attacker.open(source, server)))
      const opened = attackers.filter((attacker) => attacker !== undefined)
      const next = new Map()
      const startedAt = performance.now()
      let announced = 0
      const headers = [
        { kind: "text", size: 2 ** 40 },
        { kind: "text", size: 16 * mebi },
        { kind: "file", name: "much", size: 2 ** 50 },
        { kind: "file", name: "more", size: 99_000_000 }
      ]
      const timer = setInterval(() => {
        for (const attacker of opened) {
          const nth = next.get(attacker) ?? 0
          // A stream that is not answered stays open; further ones are not allowed.
          if (nth >= 256) continue
          attacker.announce(2 * nth, headers[nth % headers.length])
          next.set(attacker, nth + 1)
          announced++
        }
      }, 5)
      attack = {
        stop: () => {
          clearInterval(timer)
          for (const attacker of opened) attacker.close()
          return { count: announced, seconds: (performance.now() - startedAt) / 1000 }
        }
      }
    },
    /** Opens sessions in turn from all addresses, each with a message that ends at its header. */
    stall: async (server, attempts) => {
      let nth = 0
      const opening = async () => {
        while (nth < attempts) {
          const source = sources[nth++ % sources.length]
          const attacker = await Attacker.open(source, server, 500)
          if (attacker === undefined) continue
          stalled.push(attacker)
          attacker.announce(0, nth % 2 === 0 ? { kind: "file", name: `${nth}`, size: 10 } : { kind: "text", size: 10 })
        }
      }
      await Promise.all(Array.from({ length: 64 }, opening))
      return stalled.length
    },
    leave: () => {
      for (const attacker of stalled) attacker.leave()
      stalled = []
    },
    stop: () => attack.stop()
  })
}

/** A socket that only counts datagrams. */
const serveBare = () => {
  let count = 0
  servePart({
    count: async () => {
      const socket = createSocket("udp4").on("message", () => count++)
      socket.bind(0, host)
      await once(socket, "listening")
      socket.setRecvBufferSize(4 * mebi)
      return socket.address().port
    },
    /** The datagrams since the last time. */
    counted: () => {
      const counted = count
      count = 0
      return counted
    }
  })
}

const openFiles = { hold: 200 }
/** Attacks from one address beside an honest client at another. */
const fromOutside = ["hold", "sessions"]

const main = async () => {
  const attacks = { ...limits, ...sieges }
  const values = settingsOf(import.meta.url, {
    json: { type: "boolean" },
    millis: { type: "string" },
    only: { type: "string", default: Object.keys(attacks).join(",") }
  })
  const millisOf = (name) => numberOf(values.millis ?? (sieges[name] === undefined ? "1500" : "3000"), "millis", 100)
  const names = values.only.split(",")
  const unknown = names.find((name) => attacks[name] === undefined)
  if (unknown !== undefined) refuse(`--only takes some of ${Object.keys(attacks).join(", ")}, not "${unknown}"`)
  const { Attacker, Flood } = await parts()
  const script = fileURLToPath(import.meta.url)
  const [client, victim, honest, attackers] = ["client", "client", "client", "attackers"]
    .map((part) => startPart(script, part, 1))
  const bare = startPart(script, "bare", 0)
  const rows = []
  for (const name of names) {
    const server = startPart(script, "server", 0)
    if (openFiles[name] !== undefined && !(await server.ask("limitFiles", openFiles[name]))) {
      console.error(`${name}: left out, because prlimit is missing`)
    } else if (fromOutside.includes(name) && outside === undefined) {
      console.error(`${name}: left out, because this machine has no address besides loopback`)
    } else {
      const port = await server.ask("listen", 100_000_000, fromOutside.includes(name) ? "0.0.0.0" : host)
      const tools = {
        Attacker,
        Flood,
        ask: server.ask,
        attackers,
        bare,
        client,
        honest,
        millis: millisOf(name),
        port,
        victim
      }
      rows.push(...await attacks[name](tools))
    }
    server.end()
  }
  for (const part of [client, victim, honest, attackers, bare]) part.end()

  const isMissed = ([, value, , sign, goal]) => sign === "≤" ? !(value <= goal) : !(value >= goal)
  if (values.json === true) {
    for (const [what, value, unit, sign, goal] of rows) console.log(JSON.stringify({ what, value, unit, sign, goal }))
  } else {
    console.log(`${machineLine()}\n`)
    const cells = rows.map((row) => {
      const [what, value, unit, sign, goal] = row
      const precision = Number.isInteger(value) ? 0 : value < 10 ? 2 : 0
      return [
        what,
        `${digits(value, precision)} ${unit}`.trim(),
        `${sign} ${goal}`,
        isMissed(row) ? "missed" : "reached"
      ]
    })
    console.log(markdown(["attack", "measured", "goal", ""], cells, 1))
  }
  process.exitCode = rows.some(isMissed) ? 1 : 0
}

const part = partName()
if (part === "server") await serveServer()
else if (part === "client") await serveClient()
else if (part === "attackers") await serveAttackers()
else if (part === "bare") serveBare()
else await main()
