// Runs test/nodes, tests for Node's own test runner, on each supported version of Node: `npm run test:nodes`, or
// `npm run test:nodes -- 22 26` for a selection. Needs the built program and library (`npm ci` builds them).
import { build } from "esbuild"
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs"
import { basename, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

/** The only list of the versions; for the oldest line it has the oldest version that package.json supports. */
const versions = { 20: "20.19.0", 22: "22.23.3", 24: "24.21.0", 26: "26.10.0" }

const root = fileURLToPath(new URL("..", import.meta.url))
const cache = join(root, "node_modules", ".cache", "holub-nodes")

const fail = (message) => {
  process.stderr.write(`test:nodes: ${message}\n`)
  process.exit(2)
}

/** The npm package that holds a platform's binary. npm's package `node` would install the same one from a script. */
const platform = process.platform === "win32" ? "win" : process.platform
const platformPackage = `${platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node"}-${platform}-${process.arch}`

/** The path of a version's executable, which is kept in node_modules/.cache. */
const nodeOf = (version) => {
  const executable = join(cache, `node-${version}${platform === "win" ? ".exe" : ""}`)
  if (existsSync(executable)) return executable
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, "install-"))
  try {
    const wanted = `${platformPackage}@${version}`
    const flags = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]
    const { error, status } = spawnSync("npm", ["install", "--prefix", folder, ...flags, wanted], {
      stdio: ["ignore", "ignore", "inherit"],
      shell: platform === "win"
    })
    if (status !== 0) fail(`npm cannot install ${wanted}${error === undefined ? "" : `: ${error.message}`}`)
    const installed = join(folder, "node_modules", platformPackage)
    const { bin } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"))
    renameSync(join(installed, bin.node), executable)
    return executable
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Bundles the tests, since Node 20 runs no TypeScript. import.meta.url of each is its path in test/nodes. */
const bundled = async () => {
  const sources = join(root, "test", "nodes")
  const outdir = join(cache, "tests")
  rmSync(outdir, { recursive: true, force: true })
  await build({
    entryPoints: readdirSync(sources).map((name) => join(sources, name)),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20.19",
    define: { "import.meta.url": JSON.stringify(pathToFileURL(join(sources, "test.ts")).href) }
  })
  return readdirSync(outdir).map((name) => join(outdir, name)).toSorted()
}

const wanted = process.argv.slice(2)
const unknown = wanted.find((line) => versions[line] === undefined)
if (unknown !== undefined) fail(`there is no Node "${unknown}" here, but ${Object.keys(versions).join(", ")}`)
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
for (const built of [manifest.bin.holub, manifest.exports["."].default]) {
  if (!existsSync(join(root, built))) fail(`${built} is missing: run npm run build`)
}

const files = await bundled()
const lines = wanted.length === 0 ? Object.keys(versions) : wanted
/** A Node of another line, whose V8 is another one: of the selection, or the running one, or any. */
const otherThan = (line) => {
  const selected = lines.find((one) => one !== line)
  if (selected !== undefined) return nodeOf(versions[selected])
  if (process.versions.node.split(".", 1)[0] !== line) return process.execPath
  return nodeOf(versions[Object.keys(versions).find((one) => one !== line)])
}

for (const line of lines) {
  const version = versions[line]
  const node = nodeOf(version)
  const other = otherThan(line)
  const tally = join(cache, "tally.tap")
  process.stdout.write(`\nNode ${version}: ${files.map((file) => basename(file, ".mjs")).join(", ")}\n`)
  const reporters = [["spec", "stdout"], ["tap", tally]]
    .flatMap(([reporter, to]) => [`--test-reporter=${reporter}`, `--test-reporter-destination=${to}`])
  const { status } = spawnSync(node, ["--test", ...reporters, ...files], {
    cwd: root,
    env: { ...process.env, HOLUB_TEST_NODE_VERSION: version, HOLUB_TEST_OTHER_NODE: other },
    stdio: ["ignore", "inherit", "inherit"]
  })
  const [, passed] = /^# pass (\d+)$/m.exec(readFileSync(tally, "utf8")) ?? []
  if (status !== 0) fail(`the tests failed on Node ${version}`)
  if (!(Number(passed) > 0)) fail(`no test ran on Node ${version}`)
  // As vitest counts them, for .ci/run.
  process.stdout.write(`      Tests  ${passed} passed (Node ${version})\n`)
}
