// Clients of plain programs, many in one process: dialogues one after another, and a chat at a rate.
import { connect } from "node:net"
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"

/** Connections that are opened at the same time: more would overflow the queue of the server's kernel. */
const opening = 64

const opened = (port, host) =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host, noDelay: true })
    socket.once("error", reject)
    socket.once("connect", () => {
      socket.off("error", reject)
      resolve(socket)
    })
  })

/** Opens `count` connections. */
export const openAll = async (count, port, host) => {
  const sockets = []
  while (sockets.length < count) {
    const more = Math.min(opening, count - sockets.length)
    sockets.push(...await Promise.all(Array.from({ length: more }, () => opened(port, host))))
  }
  return sockets
}

export const percentile = (values, share) => values.toSorted((a, b) => a - b)[Math.floor(values.length * share)]

/**
 * Each client sends `messages`, each in a write of its own, waits for `answerBytes` bytes, and begins again with a new connection, for
 * `millis` milliseconds. Resolves to the number of messages a second and the 99th percentile of the durations of dialogues.
 */
export const dialogues = async ({ answerBytes, host, messages, millis, port, sockets }) => {
  const durations = []
  let end = Infinity
  let failure
  const run = async (first) => {
    for (let socket = first;; socket = await opened(port, host)) {
      if (performance.now() >= end) return socket.destroy()
      const startedAt = performance.now()
      await new Promise((resolve, reject) => {
        let received = 0
        socket.on("data", (bytes) => {
          received += bytes.length
          if (received < answerBytes) return
          durations.push(performance.now() - startedAt)
          socket.destroy()
          resolve()
        })
        socket.once("error", reject)
        socket.once("close", () => reject(new Error(`a connection ended after ${received} of ${answerBytes} bytes`)))
        for (const message of messages) socket.write(message)
      })
    }
  }
  const startedAt = performance.now()
  end = startedAt + millis
  await Promise.all(sockets.map((socket) => run(socket).catch((error) => failure ??= error)))
  if (failure !== undefined) throw failure
  const seconds = (performance.now() - startedAt) / 1000
  return { perSecond: durations.length * messages.length / seconds, p99: percentile(durations, 0.99) }
}

/**
 * `perSecond` messages a second for `millis` milliseconds, by the clients in turn; each message has the time of its sending. Resolves
 * to the number of deliveries a second and the 99th percentile of their delays. `expected` is the number of deliveries of a message.
 */
export const chat = async ({ expected, millis, perSecond, sockets }) => {
  const delays = []
  const stamp = /@(\d+\.\d{3})@/g
  for (const socket of sockets) {
    let rest = ""
    socket.on("data", (bytes) => {
      const now = performance.now()
      const text = rest + bytes.toString("latin1")
      let last = 0
      for (const match of text.matchAll(stamp)) {
        delays.push(now - Number(match[1]))
        last = match.index + match[0].length
      }
      rest = text.slice(last).slice(-64)
    })
  }
  const startedAt = performance.now()
  const total = Math.round(perSecond * millis / 1000)
  for (let sent = 0; sent < total;) {
    const due = Math.floor((performance.now() - startedAt) / 1000 * perSecond) + 1
    for (; sent < Math.min(due, total); sent++) {
      sockets[sent % sockets.length].write(`@${performance.now().toFixed(3)}@\n`)
    }
    await sleep(1)
  }
  for (let waited = 0; delays.length < total * expected && waited < 5000; waited += 10) await sleep(10)
  if (delays.length < total * expected) throw new Error(`${delays.length} of ${total * expected} deliveries arrived`)
  return { perSecond: delays.length / (performance.now() - startedAt) * 1000, p99: percentile(delays, 0.99) }
}
