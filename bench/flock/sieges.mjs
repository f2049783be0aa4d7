// Attacks during which a server must go on serving others: a transfer at 200 Mbit/s, and clients that connect. An attack gets a
// server of its own, and processes of its own for the attackers; it returns rows of [what, value, unit, sign, goal].
import { setTimeout as sleep } from "node:timers/promises"
import { digits } from "../race/table.mjs"
import { host, mebi } from "./limits.mjs"

/** What a session may hold, and what the memory may grow by beyond that. */
const sessionBytes = 64 * 1024
const spareMebibytes = 32

/** Seconds after which a message without progress is gone, and those after which the server has looked for it. */
const progressSeconds = 60
const lookSeconds = 2

const percentile = (values, share) => values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1]

/**
 * Runs an attack: `start` resolves to its end when it is under way, which resolves to its name. Returns the rows that each attack
 * has.
 */
const underSiege = async ({ ask, client, honest, millis, port, victim }, start) => {
  const serverId = await victim.ask("open", port)
  // Code is compiled, and buffers are allocated, before anything is measured.
  await client.ask("transfer", port, millis / 3)
  await victim.ask("send", millis / 3)
  await honest.ask("visit", port, millis / 3)
  const alone = await victim.ask("send", millis)
  const before = { live: await ask("liveBytes"), resident: await ask("residentBytes") }
  const stop = await start(serverId)
  const visiting = honest.ask("visit", port, millis)
  const attacked = await victim.ask("send", millis)
  const { connectMillis, served, visits } = await visiting
  const grown = await ask("liveBytes") - before.live
  const resident = await ask("residentBytes") - before.resident
  const sessions = await ask("sessions")
  const what = await stop()
  const own = sessions * sessionBytes
  return [
    [`${what}: goodput of a transfer, ratio`, attacked / alone, "", "≥", 0.5],
    [`${what}: a client connects, p99 of ${visits}`, percentile(connectMillis, 0.99) ?? Infinity, "ms", "≤", 1000],
    [`${what}: clients that are served`, served, `of ${visits}`, "≥", visits],
    [
      `${what}: memory beyond ${digits(own / mebi, 0)} MiB for ${sessions} sessions (resident ${
        digits(resident / mebi, 0)
      } MiB more)`,
      Math.max(0, (grown - own) / mebi),
      "MiB",
      "≤",
      spareMebibytes
    ]
  ]
}

const flood = (name, perSecond) => async (tools) =>
  underSiege(tools, async (serverId) => {
    await tools.attackers.ask("start", name, { host, port: tools.port }, perSecond, serverId)
    return async () => `${await perSecondOf(tools.attackers)} ${words[name]} a second`
  })

const words = { hellos: "HELLOs", forged: "forged packets", garbage: "datagrams of garbage" }

/** The datagrams of garbage a second at which a socket that only counts them begins to drop, or the most that can be sent. */
const bareRate = async ({ attackers, bare }) => {
  const port = await bare.ask("count")
  let most = 0
  for (let perSecond = 1000; perSecond <= 256_000; perSecond *= 1.5) {
    await attackers.ask("start", "garbage", { host, port }, perSecond)
    await sleep(700)
    const { count, seconds } = await attackers.ask("stop")
    await sleep(100)
    if (await bare.ask("counted") < 0.99 * count || count < 0.8 * perSecond * seconds) break
    most = count / seconds
  }
  return Math.max(most, 1000)
}

/** Ends the attack; the times a second. */
const perSecondOf = async (attackers) => {
  const { count, seconds } = await attackers.ask("stop")
  return digits(count / seconds, 0)
}

export const sieges = {
  hellos: flood("hellos", 20_000),

  forged: flood("forged", 20_000),

  garbage: async (tools) => flood("garbage", await bareRate(tools) / 2)(tools),

  streams: (tools) =>
    underSiege(tools, async () => {
      await tools.attackers.ask("resetStreams", { host, port: tools.port }, 4)
      return async () => `${await perSecondOf(tools.attackers)} streams opened and reset a second`
    }),

  announcements: (tools) =>
    underSiege(tools, async () => {
      await tools.attackers.ask("announce", { host, port: tools.port }, 8)
      return async () => `${await perSecondOf(tools.attackers)} announcements of more than there is a second`
    }),

  stalled: async (tools) => {
    let openedAt = 0
    let underWay = 0
    const rows = await underSiege(tools, async () => {
      const opened = await tools.attackers.ask("stall", { host, port: tools.port }, 10_000)
      openedAt = performance.now()
      await sleep(1000)
      underWay = await tools.ask("underWay")
      return async () => `10,000 attempts, ${opened} handshakes and ${underWay} messages that stall`
    })
    await sleep((progressSeconds + lookSeconds) * 1000 - (performance.now() - openedAt))
    const left = await tools.ask("underWay")
    const end = openedAt + 80_000
    await tools.attackers.ask("leave")
    while (await tools.ask("sessions") > 1 && performance.now() < end) await sleep(500)
    const sessions = await tools.ask("sessions") - 1
    return [
      ...rows,
      [`messages that stall, after ${progressSeconds} s`, left, "", "≤", 0],
      ["their silent sessions, when the idle timeout is over", sessions, "", "≤", 0]
    ]
  }
}
