/** The built library on the Node that runs this file: every entry of the package, and the examples. */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { afterEach, describe, it } from "node:test"
import { fileURLToPath } from "node:url"
import { folder, Running, tidy } from "../processes/holub.ts"
import { testLimitMillis } from "../waitLimit.ts"

afterEach(tidy)

const root = fileURLToPath(new URL("../../", import.meta.url))
const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8"))

const run = (...args: ReadonlyArray<string>) => new Running(process.execPath, args, { cwd: folder() }).ended

describe("the library", { timeout: testLimitMillis }, () => {
  it("loads by every entry of the package", async () => {
    const entries = Object.keys(manifest.exports).map((entry) => entry.replace(/^\./, manifest.name))
    assert.ok(entries.length > 0)
    const script = entries.map((entry) => `await import(${JSON.stringify(entry)})`).join("\n")
    // In the package's own folder, where it finds itself by its name.
    const { code, stderr } = await new Running(process.execPath, ["--input-type=module", "-e", script], { cwd: root })
      .ended
    assert.deepEqual([code, stderr], [0, ""])
  })

  it("sends a text in examples/embed.mjs", async () => {
    const { code, stderr, stdout } = await run(`${root}examples/embed.mjs`)
    assert.deepEqual([code, stderr], [0, ""])
    assert.match(stdout, /delivered in \d+ ms[^]*received: Holub letí\./)
  })

  it("answers a call in examples/service.mjs", async () => {
    const { code, stderr, stdout } = await run(`${root}examples/service.mjs`)
    assert.deepEqual([code, stdout, stderr], [0, "42\n", ""])
  })

  it("sends typed messages in examples/channel.mjs", async () => {
    const { code, stderr, stdout } = await run(`${root}examples/channel.mjs`)
    assert.deepEqual([code, stdout, stderr], [0, "2 on their way\n3 are left\n100000\n", ""])
  })

  it("calls procedures in examples/rpc.mjs", async () => {
    const { code, stderr, stdout } = await run(`${root}examples/rpc.mjs`)
    assert.deepEqual([code, stdout, stderr], [0, "Ahoj, holube.\n1\n2\n3\n", ""])
  })

  it("carries the calls of a cluster in examples/cluster.mjs", async () => {
    const { code, stderr, stdout } = await run(`${root}examples/cluster.mjs`)
    assert.deepEqual([code, stderr], [0, ""])
    assert.match(stdout, /^Bratislava: Ahoj, holub\.\nKošice: Ahoj, holub\.\n$/m)
  })

  it("exports metrics, spans and log lines in examples/telemetry.mjs", async () => {
    const { code, stderr, stdout } = await run(`${root}examples/telemetry.mjs`)
    assert.deepEqual([code, stderr], [0, ""])
    assert.match(stdout, /session opened/)
    assert.match(stdout, /span holub\.receive .*"holub\.outcome":"delivered","holub\.size":5000000/)
    assert.match(stdout, /^holub_transfer_bytes_total\{direction="send",wire="flock"\} 5000000$/m)
  })

  it("repeats what was lost in examples/faults.mjs", async () => {
    const { code, stderr, stdout } = await run(`${root}examples/faults.mjs`)
    assert.deepEqual([code, stderr], [0, ""])
    assert.match(stdout, /^retransmitted: 3 6 9; \d+(?:\.\d+)? ms of virtual time\n$/)
  })
})
