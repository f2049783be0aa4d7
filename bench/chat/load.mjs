// Clients of one room, all in this process: raw sockets whose texts are counted, and some of them timed.
import { connect } from "node:net"
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { percentile } from "../services/load.mjs"

/** Clients that enter at the same time. */
const entering = 25
/** A text: the mark, the time of its sending, and the rest of a usual line. */
const markByte = 0x5e
const rest = " the build is green, and the kettle is on"

/** Connects and enters the room; resolves when the server says so. */
const entered = ({ dialect, host, number, port }) =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host, noDelay: true })
    const startedAt = performance.now()
    let text = ""
    socket.on("error", reject)
    socket.on("connect", () => socket.write(dialect.enter(number)))
    socket.on("data", (bytes) => {
      text = (text + bytes.toString("latin1")).slice(-100_000)
      if (!text.includes(dialect.entered)) return
      socket.removeAllListeners("data")
      socket.on("data", () => undefined)
      resolve({ socket, millis: performance.now() - startedAt })
    })
    socket.on("close", () =>
      reject(new Error(`client ${number} was disconnected after ${JSON.stringify(text.slice(-200))}`)))
  })

/** The sockets of so many clients in the room. Later ends fail the benchmark by their own error. */
export const enterAll = async ({ clients, ...place }) => {
  const sockets = []
  for (let number = 0; number < clients; number += entering) {
    const some = Math.min(entering, clients - number)
    const batch = await Promise.all(Array.from({ length: some }, (_, at) => entered({ ...place, number: number + at })))
    sockets.push(...batch.map(({ socket }) => socket))
  }
  return sockets
}

/** The time of one newcomer, from its connection to the end of its greeting, in milliseconds. */
export const joinMillis = async (place) => {
  const { millis, socket } = await entered({ ...place, number: 9_999_999 })
  socket.removeAllListeners("close")
  socket.destroy()
  return millis
}

/** Counts the marks that the sockets get, and reads the time after each of those of `timed`. */
const counting = (sockets, timed) => {
  const state = { deliveries: 0, delays: [] }
  sockets.forEach((socket, at) => {
    socket.removeAllListeners("data")
    const isTimed = timed > 0 && at % timed === 0
    let last = ""
    socket.on("data", (bytes) => {
      for (let place = bytes.indexOf(markByte); place >= 0; place = bytes.indexOf(markByte, place + 1)) {
        state.deliveries++
      }
      if (!isTimed) return
      const now = performance.now()
      const text = last + bytes.toString("latin1")
      let end = 0
      for (const match of text.matchAll(/\^(\d+\.\d)@/g)) {
        state.delays.push(now - Number(match[1]))
        end = match.index + match[0].length
      }
      last = text.slice(end).slice(-32)
    })
  })
  return state
}

const textOf = () => `^${performance.now().toFixed(1)}@${rest}`

/** Waits until all deliveries have come, or none comes any more. */
const drained = async (state, expected) => {
  for (let before = -1; state.deliveries < expected && state.deliveries > before;) {
    before = state.deliveries
    for (let waited = 0; waited < 5000 && state.deliveries === before; waited += 10) await sleep(10)
  }
  if (state.deliveries !== expected) throw new Error(`${state.deliveries} of ${expected} deliveries arrived`)
}

/**
 * Deliveries a second at saturation: so many texts are under way at any time, by the clients in turn, for `millis` milliseconds. All of
 * them must arrive.
 */
export const saturate = async ({ dialect, millis, sockets, window }) => {
  const receivers = dialect.receivers(sockets.length)
  const state = counting(sockets, 0)
  const startedAt = performance.now()
  let sent = 0
  while (performance.now() - startedAt < millis) {
    while (sent - Math.floor(state.deliveries / receivers) < window) {
      sockets[sent % sockets.length].write(dialect.line(textOf()))
      sent++
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  await drained(state, sent * receivers)
  return state.deliveries / (performance.now() - startedAt) * 1000
}

/** The 99th percentile of the delays at so many deliveries a second, in milliseconds, of every fifth client. */
export const delayAt = async ({ dialect, millis, perSecond, sockets }) => {
  const receivers = dialect.receivers(sockets.length)
  const texts = Math.max(1, perSecond / receivers)
  const state = counting(sockets, 5)
  const startedAt = performance.now()
  const total = Math.max(1, Math.round(texts * millis / 1000))
  for (let sent = 0; sent < total;) {
    const due = Math.floor((performance.now() - startedAt) / 1000 * texts) + 1
    for (; sent < Math.min(due, total); sent++) sockets[sent % sockets.length].write(dialect.line(textOf()))
    await sleep(1)
  }
  await drained(state, total * receivers)
  return percentile(state.delays, 0.99)
}

/** Adds texts to the room, without waiting for those before: so many under way. */
export const fill = async ({ dialect, sockets, texts, window }) => {
  const receivers = dialect.receivers(sockets.length)
  const state = counting(sockets, 0)
  for (let sent = 0; sent < texts;) {
    while (sent < texts && sent - Math.floor(state.deliveries / receivers) < window) {
      sockets[sent % sockets.length].write(dialect.line(textOf()))
      sent++
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  await drained(state, texts * receivers)
}

/** Closes all connections. */
export const leaveAll = (sockets) =>
  sockets.forEach((socket) => {
    socket.removeAllListeners("close")
    socket.destroy()
  })
