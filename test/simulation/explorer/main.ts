/**
 * `npm run explore`: visits every state of tiny worlds of the production cores, and tells what it found: one line a world,
 * and the way to a violation. Run by scripts/explore.mjs, which bundles it with private fields open.
 *
 * A world is one client, one server with its application, and a network that loses, doubles, damages, delays and reorders
 * within a budget; the server may crash and refuse (Worlds). Within that, everything that can happen is tried in every
 * order (Moves), each state is held to the demands, every run is followed to its end (Demands, Search). So what holds here
 * holds for all schedules, not for a sample; but only for what the worlds have. They do not have:
 *
 * - times between the steps of the clock. Delivery takes no time, or whole steps of a second up to `lateMillis`; in the
 *   worlds of measured timeouts only until some deadline. There round trips are 0 or what such a wait makes of them; in the
 *   others the timeout is a fixed second, and the estimator decides nothing.
 * - more late datagrams (of any age) than a world's budget, but in the world `delays`.
 * - timers that fire late, a program that stands still, a server that drains, an application that is slow to offer content,
 *   back-pressure, content of more than a block, several clients, the payload dialect, existing programs.
 * - what the wire cannot give: messages of the same number of fragments within 4 s (docs/PROTOCOL.md §7.3). After a crash
 *   the server knows nothing: a message counts as delivered twice only within one life, unless the server was away for
 *   longer than a datagram lives; and one that seemed delivered, unconfirmed, may arrive behind the next.
 * - the shells around the cores, Effect, sockets and disks: the simulation has those.
 */
import { parseArgs } from "node:util"
import { type Result, search } from "./Search.ts"
import type { World } from "./World.ts"
import { deepened, worlds } from "./Worlds.ts"

const usage = `npm run explore -- [flags]

  --world NAME    ${worlds.map(({ name }) => name).join(", ")}; default: all
  --deep          more faults, some minutes
  --bug NAME      plants a bug (test/simulation/explorer/bugs.mjs); "list" tells which there are
`

const flags = {
  world: { type: "string" },
  deep: { type: "boolean", default: false },
  // Planted by scripts/explore.mjs before this runs.
  bug: { type: "string" },
  help: { type: "boolean", default: false }
} as const

const main = (): number => {
  const { values } = parseArgs({ options: flags })
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  const chosen = worlds.filter(({ name }) => values.world === undefined || name === values.world)
  if (chosen.length === 0) throw new Error(`there is no world "${values.world}"`)
  print(["world", "states", "transitions", "ends", "longest", "seconds", ""])
  const results = chosen.map((world) => told(values.deep ? deepened(world) : world))
  const sum = (of: (result: Result) => number): number => results.reduce((total, result) => total + of(result), 0)
  const longest = Math.max(...results.map((result) => result.longest))
  print([
    "all",
    sum(({ states }) => states),
    sum(({ transitions }) => transitions),
    sum(({ ends }) => ends),
    longest,
    sum(({ seconds }) => seconds).toFixed(1),
    ""
  ])
  return results.some(({ violation }) => violation !== undefined) ? 1 : 0
}

const told = (world: World): Result => {
  const result = search(world)
  const { ends, longest, seconds, states, transitions, violation } = result
  print([world.name, states, transitions, ends, longest, seconds.toFixed(1), world.about])
  if (violation !== undefined) {
    process.stdout.write(`\nVIOLATION in world ${world.name}: ${violation.what}\n`)
    for (const line of violation.path) process.stdout.write(`${line}\n`)
    process.stdout.write("\n")
  }
  return result
}

const widths = [-15, 10, 12, 5, 8, 8]

const print = (cells: ReadonlyArray<string | number>): void => {
  const padded = cells.map((cell, at) => {
    const width = widths[at] ?? 0
    return width < 0 ? String(cell).padEnd(-width) : String(cell).padStart(width)
  })
  process.stdout.write(`${padded.join("  ").trimEnd()}\n`)
}

try {
  process.exitCode = main()
} catch (error) {
  process.stderr.write(`explore: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
