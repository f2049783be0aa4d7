/**
 * `npm run bench:congestion`: the table of docs/PERFORMANCE.md, from simulated bottlenecks. All but the last column is the same on
 * every machine. Run by bench/congestion.mjs, which bundles it.
 */
import { cpus } from "node:os"
import type { Name } from "../../../src/protocol/flock/congestion/Congestion.ts"
import { nanosPerPacket } from "./cost.ts"
import { ours } from "./players.ts"
import { bdpBytes, beside, elsewhere, oneFlow, otherPath, twoFlows } from "./scenarios.ts"

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
  "One flow, 23 s, start included: share of the path; queue met by packets, median and 95th percentile, in BDP; packets lost",
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
  "Two flows, the second 10 s later, four seeds: Jain's index over the fifth second after it, over the next five, the next ten; share",
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
  "Beside one TCP flow, the last 30 of 60 s, four seeds: our share of the path in per cent: least, mean, most",
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
  "Other paths: share of what could be had; packets lost",
  ["path", ...names],
  elsewhere.map(({ link, millis, most, title }) => [
    title,
    ...names.map((name) => {
      const one = otherPath(name, link, millis)
      return `${percent(one.share / most)}; ${percent(one.lostShare)}`
    })
  ])
)

table(
  "Cost on this machine: nanoseconds a packet, all that the controller is told of it",
  names,
  [names.map((name) => nanosPerPacket(ours(name), 15, () => performance.now()).toFixed(0))]
)

const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
process.stdout.write(`\n${seconds} s; ${cpus()[0]?.model ?? "unknown"} × ${cpus().length}, Node ${process.version}\n`)
