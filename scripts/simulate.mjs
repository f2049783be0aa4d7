// Bundles the simulation, with a planted bug if one is asked for, and runs it: see test/simulation/main.ts.
import { pathToFileURL } from "node:url"
import { bugs } from "../test/simulation/bugs.mjs"
import { bundle } from "../test/simulation/bundle.mjs"

const at = process.argv.indexOf("--bug")
const name = at < 0 ? undefined : process.argv[at + 1]
const bug = bugs.find((one) => one.name === name)

if (at >= 0 && bug === undefined) {
  const known = bugs.map((one) => `  ${one.name.padEnd(34)} ${one.what}`).join("\n")
  process.stderr.write(`${name === "list" ? "" : `simulate: there is no bug "${name}"\n`}${known}\n`)
  process.exitCode = name === "list" ? 0 : 2
} else {
  // The world in which a bug shows, unless another one is asked for.
  if (bug?.world !== undefined && !process.argv.includes("--world")) process.argv.push("--world", bug.world)
  await import(pathToFileURL(await bundle("test/simulation/main.ts", { patches: bug?.patches ?? [] })).href)
}
