// Long flows that share a path: two flows of holub, or a flow of holub and a TCP flow of the system. The rates of each
// second are measured; every flow is stopped before the end of its file.
import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { freePort, outputOf, serve, start, stop } from "./processes.mjs"
import { onHost } from "./transfers.mjs"

/** The bytes that a process has written to files, without datagrams. */
const writtenBy = ({ pid }) => Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1])

/** Starts a flow of holub. `bytes` returns the bytes that the receiver has written, `end` stops both ends. */
const startOurs = async (contestant, place, number) => {
  const inbox = join(place.inbox, `flow-${number}`)
  mkdirSync(inbox)
  const own = { ...place, inbox, port: await freePort() }
  const serving = contestant.server(own)
  const receiver = await serve(onHost(serving), contestant.env, serving.port)
  const sender = start(onHost(contestant.timed(own)), contestant.env)
  let failure
  sender.ended.then((how) => {
    failure ??= `flow ${number} ended with ${how}: ${sender.output.trim()}`
  })
  return {
    bytes: () => {
      if (failure !== undefined) throw new Error(failure)
      return writtenBy(receiver)
    },
    end: async () => {
      failure = ""
      await Promise.all([stop(sender), stop(receiver)])
    }
  }
}

const secondFrom = (startedAt, second) => sleep(Math.max(0, startedAt + second * 1000 - performance.now()))

/** Mbit/s of each second, from the total bytes of the flows at the end of each second. */
const ratesOf = (totals) =>
  totals.slice(1).map((flows, index) => flows.map((bytes, flow) => (bytes - (totals[index][flow] ?? 0)) * 8 / 1e6))

/**
 * Runs two flows of holub; the second starts `laterSeconds` after the first, and the run ends `seconds` later.
 * Resolves to the rates of both flows for each second from the second flow's start.
 */
export const twoOfOurs = async (contestant, place, { laterSeconds, seconds }) => {
  const flows = [await startOurs(contestant, place, 1)]
  try {
    await sleep(laterSeconds * 1000)
    const totals = [[flows[0].bytes(), 0]]
    const startedAt = performance.now()
    flows.push(await startOurs(contestant, place, 2))
    for (let second = 1; second <= seconds; second++) {
      await secondFrom(startedAt, second)
      totals.push(flows.map(({ bytes }) => bytes()))
    }
    return ratesOf(totals)
  } finally {
    for (const flow of flows) await flow.end()
  }
}

/**
 * Runs a flow of holub and a TCP flow with the congestion controller; resolves to the rates of both for each second.
 */
export const besideTcp = async (contestant, place, { congestion, seconds }) => {
  const { from, to } = place
  const port = await freePort()
  const iperf = (host, ...args) => [...host.prefix, "iperf3", "-p", String(port), ...args]
  const receiver = await serve(iperf(to, "-s", "-1", "-J"), {}, port)
  let report = ""
  receiver.stdout.on("data", (text) => {
    report += text
  })
  let flow
  try {
    flow = await startOurs(contestant, place, 1)
    const sending = outputOf(iperf(from, "-c", to.address, "-C", congestion, "-t", String(seconds)))
    // It is awaited below. If the flow of holub fails before, that failure is reported.
    sending.catch(() => undefined)
    const startedAt = performance.now()
    const totals = [[flow.bytes()]]
    for (let second = 1; second <= seconds; second++) {
      await secondFrom(startedAt, second)
      totals.push([flow.bytes()])
    }
    await sending
    await receiver.closed
    const theirs = JSON.parse(report).intervals.map(({ sum }) => sum.bits_per_second / 1e6)
    return ratesOf(totals).map(([ours], second) => [ours, theirs[second] ?? 0])
  } finally {
    await flow?.end()
    await stop(receiver)
  }
}

/** Jain's fairness index: 1 if all shares are equal, 1/n if one flow has everything. */
export const jainIndex = (shares) => {
  const sum = shares.reduce((total, share) => total + share, 0)
  const squares = shares.reduce((total, share) => total + share * share, 0)
  return squares === 0 ? 0 : sum * sum / (shares.length * squares)
}

/** The mean rate of each flow in windows of `seconds`. */
export const inWindows = (rates, seconds) =>
  Array.from({ length: Math.floor(rates.length / seconds) }, (_, window) => {
    const within = rates.slice(window * seconds, (window + 1) * seconds)
    return within[0].map((_first, flow) => within.reduce((sum, second) => sum + second[flow], 0) / within.length)
  })
