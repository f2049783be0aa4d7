// Bundles the explorer with private fields made public, and with a planted bug for `--bug`, and runs it: see
// test/simulation/explorer/main.ts.
import { pathToFileURL } from "node:url"
import { bundle } from "../test/simulation/bundle.mjs"
import { bugs } from "../test/simulation/explorer/bugs.mjs"

const index = process.argv.indexOf("--bug")
const name = index < 0 ? undefined : process.argv[index + 1]
const bug = bugs.find((one) => one.name === name)

if (index >= 0 && bug === undefined) {
  const known = bugs.map((one) =>
    `  ${one.name.padEnd(30)} ${one.what} (--world ${one.world}${one.deep ? " --deep" : ""})`
  ).join("\n")
  process.stderr.write(`${name === "list" ? "" : `explore: there is no bug "${name}"\n`}${known}\n`)
  process.exitCode = name === "list" ? 0 : 2
} else {
  const options = { patches: bug?.patches ?? [], openPrivates: true }
  await import(pathToFileURL(await bundle("test/simulation/explorer/main.ts", options)).href)
}
