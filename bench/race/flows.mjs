// Long flows that share a path: ours beside ours, and ours beside a TCP of the system. What counts is what each gets
// second by second, not when a file is there; every flow is ended before its file is.
import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { freePort, outputOf, serve, start, stop } from "./processes.mjs"
import { onHost } from "./transfers.mjs"

/** What a process has written to files so far: datagrams do not count here. */
const writtenBy = ({ pid }) => Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1])

/** Starts ours; `bytes` tells how much of the file has been written at the other end, `end` stops both. */
const startOurs = async (contestant, place, number) => {
  const inbox = join(place.inbox, `flow-${number}`)
  mkdirSync(inbox)
  const own = { ...place, inbox, port: await freePort() }
  const serving = contestant.server(own)
  const receiver = await serve(onHost(serving), contestant.env, serving.port)
  const sender = start(onHost(contestant.timed(own)), contestant.env)
  let failure
  sender.ended.then((how) => {
    failure ??= `flow ${number} ended with ${how}: ${sender.shown.trim()}`
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

/** Mbit/s of each second, from what the flows had got at the ends of the seconds. */
const ratesOf = (totals) =>
  totals.slice(1).map((flows, index) => flows.map((bytes, flow) => (bytes - (totals[index][flow] ?? 0)) * 8 / 1e6))

/**
 * Two flows of ours, the second `laterSeconds` after the first, until `seconds` after that.
 * Gives the rates of both for each second from the second one's start on.
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

/** Ours beside a TCP with this congestion controller, both from the start on: the rates of both for each second. */
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
    // It is awaited below; should a flow of ours fail before, its failure is the one that is told.
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

/** 1 if all get the same, 1/n if one gets all. */
export const jainIndex = (shares) => {
  const sum = shares.reduce((total, share) => total + share, 0)
  const squares = shares.reduce((total, share) => total + share * share, 0)
  return squares === 0 ? 0 : sum * sum / (shares.length * squares)
}

/** The mean rate of each flow in windows of so many seconds. */
export const inWindows = (rates, seconds) =>
  Array.from({ length: Math.floor(rates.length / seconds) }, (_, window) => {
    const within = rates.slice(window * seconds, (window + 1) * seconds)
    return within[0].map((_first, flow) => within.reduce((sum, second) => sum + second[flow], 0) / within.length)
  })
