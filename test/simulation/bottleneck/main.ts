/**
 * `npm run bench:congestion`: prints the tables of docs/PERFORMANCE.md from simulated bottlenecks. All tables except
 * the cost are the same on every machine. bench/congestion.mjs bundles and runs this module.
 */
import { cpus } from "node:os"
import type { Name } from "../../../src/protocol/flock/congestion/Congestion.ts"
import { nanosPerPacket } from "./cost.ts"
import { bdpBytes, beside, oneFlow, otherPath, otherPaths, twoFlows } from "./scenarios.ts"
import { ours } from "./senders.ts"

const names: ReadonlyArray<Name> = ["bbr", "cubic", "newreno"]
const seeds = [1, 2, 3, 4]

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`
const inBdp = (bytes: number): string => (bytes / bdpBytes).toFixed(2)
const mean = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0) / values.length
const range = (values: ReadonlyArray<number>): string =>
  [Math.min(...values), mean(values), Math.max(...values)].map((value) => (100 * value).toFixed(0)).join(", ")

const table = (title: string, head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): void => {
  const lines = [head, head.map(() => "---"), ...rows]
  process.stdout.write(`\n${title}\n\n${lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`)
}

const queues: ReadonlyArray<readonly [string, number]> = [
  ["0.4 BDP", 0.4 * bdpBytes],
  ["512 KB", 512 * 1024],
  ["1 BDP", bdpBytes],
  ["3 BDP", 3 * bdpBytes],
  ["4096 KB", 4096 * 1024]
]
const shared = queues.filter(([title]) => title.endsWith("BDP"))
const losses = [0, 0.01, 0.03]

const startedAt = performance.now()

table(
  "One flow, 23 s including the start: share of the path; queue length seen by packets, median and 95th percentile, in BDP; packets lost",
  ["controller", "queue", ...losses.map((loss) => `${percent(loss)} random loss`)],
  names.flatMap((name) =>
    queues.map(([title, bytes]) => [
      name,
      title,
      ...losses.map((loss) => {
        const one = oneFlow(name, bytes, loss)
        return `${percent(one.share)}; ${inBdp(one.queueMedianBytes)}, ${inBdp(one.queueHighBytes)}; ${
          percent(one.lostShare)
        }`
      })
    ])
  )
)

table(
  "Two flows, the second one starts 10 s later, four seeds: Jain's index in the fifth second after its start, in the next five seconds, in the next ten; total share of the path",
  ["controller", "queue", ...losses.map((loss) => `${percent(loss)} random loss`)],
  names.flatMap((name) =>
    shared.map(([title, bytes]) => [
      name,
      title,
      ...losses.map((loss) => {
        const all = seeds.map((seed) => twoFlows(name, bytes, loss, seed))
        const index = (of: (one: typeof all[number]) => number) => mean(all.map(of)).toFixed(2)
        const indices = [
          index((one) => one.fifthSecond),
          index((one) => one.nextFiveSeconds),
          index((one) => one.nextTenSeconds)
        ]
        return `${indices.join(", ")}; ${percent(mean(all.map((one) => one.share)))}`
      })
    ])
  )
)

table(
  "Competing with one TCP flow, the last 30 of 60 s, four seeds: share of the path in per cent: minimum, mean, maximum",
  ["controller", "beside", ...shared.map(([title]) => `queue ${title}`)],
  names.flatMap((name) =>
    (["cubic", "bbr"] as const).map((other) => [
      name,
      `TCP ${other.toUpperCase()}`,
      ...shared.map(([, bytes]) => range(seeds.map((seed) => beside(name, other, bytes, seed).ours)))
    ])
  )
)

table(
  "Other paths: share of the available capacity; packets lost",
  ["path", ...names],
  otherPaths.map(({ link, millis, maxShare, title }) => [
    title,
    ...names.map((name) => {
      const one = otherPath(name, link, millis)
      return `${percent(one.share / maxShare)}; ${percent(one.lostShare)}`
    })
  ])
)

table(
  "Cost on this machine: nanoseconds a packet for all controller calls (sent, lost, acknowledged)",
  names,
  [names.map((name) => nanosPerPacket(ours(name), 15, () => performance.now()).toFixed(0))]
)

const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
process.stdout.write(`\n${seconds} s; ${cpus()[0]?.model ?? "unknown"} × ${cpus().length}, Node ${process.version}\n`)
