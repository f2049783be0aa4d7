/** The built program on the Node that runs this file: scripts/nodes.mjs runs it on each supported version. */
import assert from "node:assert/strict"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, it } from "node:test"
import { folder, holub, send, serve, tidy } from "../processes/holub.ts"
import { testLimitMillis } from "../waitLimit.ts"

afterEach(tidy)

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"))

describe("the program", { timeout: testLimitMillis }, () => {
  it("runs on the wanted version of Node", () => {
    assert.equal(process.versions.node, process.env["HOLUB_TEST_NODE_VERSION"])
  })

  it("prints its version", async () => {
    const { code, stderr, stdout } = await holub(["--version"]).ended
    assert.deepEqual([code, stdout, stderr], [0, `${version}\n`, ""])
  })

  it("prints its help and the help of a command", async () => {
    for (const args of [["--help"], ["send", "--help"]]) {
      const { code, stderr, stdout } = await holub(args).ended
      assert.deepEqual([code, stderr], [0, ""])
      assert.match(stdout, /holub send/)
    }
  })

  it("exits with 2 on a flag that does not exist", async () => {
    const { code, stderr, stdout } = await holub(["send", "--tow", "127.0.0.1:9", "a"]).ended
    assert.deepEqual([code, stdout], [2, ""])
    assert.match(stderr, /^holub: .*--tow/)
  })

  for (const wire of ["classic", "flock"]) {
    it(`sends a text and a file over ${wire}`, async () => {
      const server = await serve("--wire", wire)
      const home = folder()
      const bytes = Buffer.alloc(200_000, "Holub letí. ")
      writeFileSync(join(home, "a.bin"), bytes)
      const args = ["--wire", wire, "--text", "Holub letí.", "a.bin"]
      const { code, lines, stderr } = await send(server, args, { cwd: home })
      assert.deepEqual([code, stderr, lines.map(({ type }) => type)], [0, "", ["sent", "sent"]])
      await server.process.line("received", 1)
      const received = server.process.lines.filter(({ type }) => type === "received")
      assert.deepEqual(received.map((line) => line["text"] ?? line["name"]), ["Holub letí.", "a.bin"])
      assert.ok(readFileSync(join(server.inbox, "a.bin")).equals(bytes))
      server.process.kill("SIGTERM")
      const ended = await server.process.ended
      assert.deepEqual([ended.code, ended.stderr], [0, ""])
    })
  }
})
