/**
 * `npm run explore`: visits every state of small worlds of the production cores and prints one line for each world, and
 * the path to a violation. scripts/explore.mjs bundles this module, with private fields made public, and runs it.
 *
 * A world is one client, one server with its application, and a network that loses, duplicates, damages, delays and
 * reorders datagrams within a budget; the server may crash and refuse (Worlds). Within these limits every possible
 * transition is tried in every order (Moves), each state is checked against the invariants, and every run is followed
 * to its end (Invariants, Search). The result is valid for all schedules, not for a sample, but only within the limits
 * of the worlds. They do not contain:
 *
 * - times between the steps of the clock. Delivery takes no time, or whole seconds up to `lateMillis`; in the worlds
 * with
 *   measured timeouts it takes no time or until some deadline, and RTTs follow from that. In the other worlds the timeout is
 *   one second, and the RTT estimator has no effect.
 * - more late datagrams (of any age) than a world's budget, except in the world `delays`.
 * - timers that fire late, a paused program, a server that drains, an application that offers content slowly,
 *   back-pressure, content of more than one block, several clients, the payload dialect, existing programs.
 * - messages that the wire does not support: the same number of fragments within 4 s (docs/PROTOCOL.md §7.3). After a
 * crash
 *   the server has no state: a message counts as delivered twice only if there was no crash in between, or if the server was
 *   down for longer than a datagram's maximum age; and a message reported as unconfirmed may arrive after the next one.
 * - of linked servers (links/LinkSearch): kills, lost writes, several rooms, more than one post of two servers at a time. These are part of the
 *   simulation.
 * - the shells around the cores, Effect, sockets and disks. These are part of the simulation.
 */
import { parseArgs } from "node:util"
import { linkWorlds, searchLinks } from "./links/LinkSearch.ts"
import { type Result, search } from "./Search.ts"
import { deepened, worlds } from "./Worlds.ts"

const usage = `npm run explore -- [flags]

  --world NAME    ${[...worlds, ...linkWorlds].map(({ name }) => name).join(", ")};
                  default: all
  --deep          more faults, some minutes
  --bug NAME      plants a bug (test/simulation/explorer/bugs.mjs); "list" prints all
`

const flags = {
  world: { type: "string" },
  deep: { type: "boolean", default: false },
  // scripts/explore.mjs plants the bug before this module runs.
  bug: { type: "string" },
  help: { type: "boolean", default: false }
} as const

const main = (): number => {
  const { values } = parseArgs({ options: flags })
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  const isChosen = ({ name }: { readonly name: string }): boolean => values.world === undefined || name === values.world
  const chosen = worlds.filter(isChosen)
  const chosenLinks = linkWorlds.filter(isChosen)
  if (chosen.length + chosenLinks.length === 0) throw new Error(`there is no world "${values.world}"`)
  print(["world", "states", "transitions", "ends", "longest", "seconds", ""])
  const results = [
    ...chosen.map((world) => explored(world, search(values.deep ? deepened(world) : world))),
    ...chosenLinks.map((world) => explored(world, searchLinks(world)))
  ]
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

const explored = (world: { readonly name: string; readonly about: string }, result: Result): Result => {
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
  const padded = cells.map((cell, index) => {
    const width = widths[index] ?? 0
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
