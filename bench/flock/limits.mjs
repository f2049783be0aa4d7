// The limits of a server that peers with sessions try to exceed, one attack each. An attack gets a server of its own, and returns
// rows of [what, value, unit, sign, goal].
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { networkInterfaces } from "node:os"
import { setTimeout as sleep } from "node:timers/promises"
import { digits } from "../race/table.mjs"

export const host = "127.0.0.1"
export const mebi = 1024 ** 2

/** An address of this machine that counts as one source, besides those of 127.0.0.0/8. */
export const outside = Object.values(networkInterfaces()).flat()
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address

/** The address of attacker number `nth`: each counts as a source of its own. */
const sourceOf = (nth) => `127.0.${1 + (nth >> 8)}.${nth & 255}`

export const limits = {
  reset: async ({ Attacker, ask, client, millis, port }) => {
    // A datagram carries the frames of many streams: the fewest bytes for the attacker.
    const together = 32
    const ids = (first) => Array.from({ length: together }, (_, nth) => 2 * (first + nth))
    const byte = { bytes: Uint8Array.of(64), end: 1, isLast: false, offset: 0, start: 0 }
    const reset = (finalBytes) => (id) => ({ _tag: "ResetStream", code: 0, finalBytes, id })
    /** Each opens and resets `together` streams. */
    const variants = {
      "RESET_STREAM only": (attacker, first) => attacker.send(...ids(first).map(reset(0))),
      "a byte, then RESET_STREAM": (attacker, first) => {
        attacker.send(...ids(first).map((id) => ({ _tag: "Stream", id, ...byte })))
        attacker.send(...ids(first).map(reset(1)))
      }
    }
    const rows = []
    /** The processor time of 40 sessions that each open all streams that they may, in microseconds. */
    const microsOf = async (resets) => {
      const before = await ask("cpuMicros")
      for (let session = 0; session < 40; session++) {
        const attacker = await Attacker.open(sourceOf(session), { host, port })
        for (let first = 0; first < 256; first += together) {
          resets(attacker, first)
          await sleep(1)
        }
        attacker.close()
      }
      await sleep(100)
      return await ask("cpuMicros") - before
    }
    const none = () => undefined
    await microsOf(none)
    const sessionsMicros = await microsOf(none)
    for (const [what, resets] of Object.entries(variants)) {
      // The first turn compiles the code and is not counted.
      await microsOf(resets)
      const micros = (await microsOf(resets) - sessionsMicros) / (40 * 256)
      rows.push([`processor time of a stream: ${what}`, micros, "µs", "≤", 20])
    }
    const honest = await client.ask("transfer", port, millis)
    const attacking = new AbortController()
    const bytesPerMilli = 8
    const attack = async (nth) => {
      const attacker = await Attacker.open(sourceOf(100 + nth), { host, port })
      if (attacker === undefined) return
      for (let first = 0; first < 256 && !attacking.signal.aborted; first += together) {
        const before = attacker.sentBytes
        variants["a byte, then RESET_STREAM"](attacker, first)
        await sleep((attacker.sentBytes - before) / bytesPerMilli)
      }
      attacker.close()
      if (!attacking.signal.aborted) await attack(nth)
    }
    const running = [0, 1, 2, 3].map(attack)
    const attacked = await client.ask("transfer", port, millis)
    attacking.abort()
    await Promise.all(running)
    return [...rows, ["a transfer beside four that do it at 64 kbit/s, ratio", attacked / honest, "", "≥", 0.8]]
  },

  announce: async ({ Attacker, client, port }) => {
    const attacker = await Attacker.open(sourceOf(1), { host, port })
    for (let nth = 0; nth < 4; nth++) attacker.announce(2 * nth, { kind: "text", size: 16 * mebi })
    await sleep(100)
    const text = await client.ask("message", port, "text", mebi, 5000)
    for (let nth = 4; nth < 8; nth++) attacker.announce(2 * nth, { kind: "file", name: `f${nth}`, size: 98_900_000 })
    await sleep(100)
    const file = await client.ask("message", port, "file", 10_000_000, 5000)
    attacker.close()
    return [
      ["texts taken after four announcements of 16 MiB", Number(text === "sent"), "of 1", "≥", 1],
      [
        "files of 10 MB taken with a quota of 100 MB after four announcements of 98.9 MB",
        Number(file === "sent"),
        "of 1",
        "≥",
        1
      ]
    ]
  },

  hold: async ({ Attacker, client, port }) => {
    const attacker = await Attacker.open(outside, { host: outside, port })
    for (let nth = 0; nth < 250; nth++) {
      attacker.announce(2 * nth, { kind: "file", name: `held ${nth}`, size: 10 })
      if (nth % 16 === 15) await sleep(2)
    }
    await sleep(300)
    const file = await client.ask("message", port, "file", 1000, 5000)
    attacker.close()
    return [["files taken while another holds 250 open, at 200 descriptors", Number(file === "sent"), "of 1", "≥", 1]]
  },

  gaps: async ({ Attacker, ask, port }) => {
    const before = await ask("residentBytes")
    const attackers = []
    const bytes = new Uint8Array(8000)
    for (let nth = 0; nth < 80; nth++) {
      const attacker = await Attacker.open(sourceOf(nth), { host, port })
      if (attacker === undefined) continue
      attackers.push(attacker)
      const { session, stream } = attacker.credit
      let left = session
      for (let id = 0; id < 512 && left > 10_000; id += 2) {
        const end = Math.min(left, stream)
        left -= end
        for (let offset = 1; offset + bytes.length < end; offset += bytes.length) {
          attacker.send({ _tag: "Stream", id, offset, isLast: false, bytes, start: 0, end: bytes.length })
          if (offset % 160_000 === 1) await sleep(1)
        }
      }
    }
    await sleep(300)
    const grown = (await ask("residentBytes") - before) / mebi
    for (const attacker of attackers) attacker.close()
    return [["memory for bytes behind gaps of 80 sessions", grown, "MiB", "≤", 384]]
  },

  sessions: async ({ Attacker, ask, port, client }) => {
    // What the first sessions load and grow is not counted.
    for (let nth = 0; nth < 64; nth++) (await Attacker.open(outside, { host: outside, port }, 500))?.close()
    while (await ask("sessions") > 0) await sleep(50)
    const before = await ask("residentBytes")
    const attackers = []
    for (let nth = 0; nth < 4200; nth += 32) {
      const opened = await Promise.all(
        Array.from({ length: 32 }, () => Attacker.open(outside, { host: outside, port }, 500))
      )
      attackers.push(...opened.filter((attacker) => attacker !== undefined))
    }
    await sleep(500)
    const sessions = await ask("sessions")
    const memory = (await ask("residentBytes") - before) / 1024 / sessions
    const millis = await client.ask("connect", port)
    for (const attacker of attackers) attacker.close()
    return [
      ["sessions that one address gets", sessions, "", "≤", 1400],
      ["memory of each", memory, "KiB", "≤", 64],
      ["sessions of another address then", Number(millis >= 0), "of 1", "≥", 1]
    ]
  },

  hello: async ({ Flood, client, port }) => {
    const sources = Array.from({ length: 250 }, (_, nth) => sourceOf(nth + 300))
    const flood = await Flood.hellos(sources, 5, { host, port })
    await sleep(500)
    const opened = []
    for (let nth = 0; nth < 5; nth++) opened.push(await client.ask("connect", port))
    const { count, seconds } = flood.stop()
    const what = `sessions opened during ${digits(count / seconds, 0)} HELLOs a second from 250 addresses`
    return [[what, opened.filter((millis) => millis >= 0).length, "of 5", "≥", 5]]
  },

  move: async ({ Attacker, port }) => {
    const attacker = await Attacker.open(sourceOf(1), { host, port })
    await sleep(50)
    const elsewhere = createSocket("udp4")
    elsewhere.bind(0, sourceOf(2))
    await once(elsewhere, "listening")
    let [sent, received, worst] = [0, 0, 0]
    elsewhere.on("message", ({ length }) => {
      received += length
      worst = Math.max(worst, received / sent)
    })
    for (let nth = 0; nth < 200; nth++) {
      sent += attacker.sendFrom(elsewhere)
      await sleep(5)
    }
    await sleep(500)
    attacker.close()
    elsewhere.close()
    return [["bytes to an unproved address for each byte from it", worst, "", "≤", 1]]
  }
}
