// Bundles the simulation, with a planted bug for `--bug`, and runs it: see test/simulation/main.ts.
import { pathToFileURL } from "node:url"
import { bugs } from "../test/simulation/bugs.mjs"
import { bundle } from "../test/simulation/bundle.mjs"

const index = process.argv.indexOf("--bug")
const name = index < 0 ? undefined : process.argv[index + 1]
const bug = bugs.find((one) => one.name === name)

if (index >= 0 && bug === undefined) {
  const known = bugs.map((one) => `  ${one.name.padEnd(34)} ${one.what}`).join("\n")
  process.stderr.write(`${name === "list" ? "" : `simulate: there is no bug "${name}"\n`}${known}\n`)
  process.exitCode = name === "list" ? 0 : 2
} else {
  // Without --world, the world in which the bug is visible is used.
  if (bug?.world !== undefined && !process.argv.includes("--world")) process.argv.push("--world", bug.world)
  await import(pathToFileURL(await bundle("test/simulation/main.ts", { patches: bug?.patches ?? [] })).href)
}
