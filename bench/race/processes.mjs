// Starts, times and stops the programs of a benchmark. All of them end with the benchmark, also after an error or a
// signal.
import { spawn } from "node:child_process"
import { createSocket } from "node:dgram"
import { readFileSync } from "node:fs"
import { createServer } from "node:net"
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { ownState } from "../ownState.mjs"

const outputCharacters = 400
const pollMillis = 5
const startMillis = 10_000
const stopMillis = 1_000

const running = new Set()
const finalizers = []

/** `finalizer` is called once, synchronously, when the benchmark ends: normally, by an error or by a signal. */
export const atEnd = (finalizer) => {
  finalizers.push(finalizer)
}

const signalGroup = (child, signal) => {
  try {
    process.kill(-child.pid, signal)
  } catch {
    // The process group has ended.
  }
}

process.on("exit", () => {
  for (const child of running) signalGroup(child, "SIGKILL")
  for (const finalizer of finalizers) finalizer()
})
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]) {
  process.on(signal, () => process.exit(code))
}

/** Starts a program in its own process group, so that its children can be ended with it. */
export const start = ([command, ...args], env = {}) => {
  // The input is /dev/null: with a socket as input, rsync would behave as a child of inetd.
  const stdio = ["ignore", "pipe", "pipe"]
  const child = spawn(command, args, { detached: true, env: { ...process.env, ...ownState(), ...env }, stdio })
  child.output = ""
  const append = (text) => {
    child.output = (child.output + text).slice(-outputCharacters)
  }
  child.stdout.on("data", append)
  child.stderr.on("data", append)
  running.add(child)
  child.closed = new Promise((resolve) => child.on("close", resolve))
  child.ended = new Promise((resolve) => {
    child.on("error", (error) => {
      running.delete(child)
      append(error.message)
      resolve("not started")
    })
    child.on("exit", (code, signal) => {
      running.delete(child)
      // Its children may still be running.
      signalGroup(child, "SIGKILL")
      resolve(signal ?? code)
    })
  })
  return child
}

export const stop = async (child) => {
  if (!running.has(child)) return
  signalGroup(child, "SIGTERM")
  const killing = setTimeout(() => signalGroup(child, "SIGKILL"), stopMillis)
  await child.ended
  clearTimeout(killing)
}

const endedText = (child, how) =>
  `ended with ${how}: ${child.output.trim().split("\n").slice(-2).join(" ") || "no output"}`

/** The seconds from the start of a program to its end. Throws if it fails or takes longer than the limit. */
export const secondsOf = async (command, env, limitSeconds) => {
  const startedAt = performance.now()
  const child = start(command, env)
  let isLate = false
  const limit = setTimeout(() => {
    isLate = true
    signalGroup(child, "SIGKILL")
  }, limitSeconds * 1000)
  const how = await child.ended
  const seconds = (performance.now() - startedAt) / 1000
  clearTimeout(limit)
  if (isLate) throw new Error(`took longer than ${limitSeconds} s`)
  if (how !== 0) throw new Error(endedText(child, how))
  return seconds
}

/** The standard output of a program. Throws if it fails. */
export const outputOf = async (command) => {
  const child = start(command)
  let output = ""
  child.stdout.on("data", (text) => {
    output += text
  })
  const how = await child.ended
  if (how !== 0) throw new Error(endedText(child, how))
  await child.closed
  return output
}

/** A port that is free for TCP and UDP at the time of the call. */
export const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().on("error", reject).listen(0, "127.0.0.1", () => {
      const { port } = server.address()
      const socket = createSocket("udp4")
      const settle = (result) => {
        socket.close()
        server.close(() => resolve(result))
      }
      socket.on("error", () => settle(freePort())).bind(port, "127.0.0.1", () => settle(port))
    })
  })

const isBound = (pid, port) =>
  ["tcp", "tcp6", "udp", "udp6"].some((table) => {
    // /proc/PID/net shows the network namespace of the process.
    const text = readFileSync(`/proc/${pid}/net/${table}`, "utf8")
    const listening = table.startsWith("tcp") ? "0A" : "07"
    const local = `:${port.toString(16).toUpperCase().padStart(4, "0")} `
    return text.split("\n").some((line) => {
      const [, localAddress, , state] = line.trim().split(/\s+/)
      return `${localAddress} `.endsWith(local) && state === listening
    })
  })

/** Starts a server and waits until its port is open. */
export const serve = async (command, env, port) => {
  const child = start(command, env)
  const deadline = performance.now() + startMillis
  while (performance.now() < deadline) {
    if (!running.has(child)) throw new Error(`the server ${endedText(child, await child.ended)}`)
    try {
      if (isBound(child.pid, port)) return child
    } catch {
      // The process has just ended or has not started yet.
    }
    await sleep(pollMillis)
  }
  await stop(child)
  throw new Error(`the server has not opened port ${port}: ${child.output.trim()}`)
}
