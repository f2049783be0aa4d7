/**
 * The code that V8 keeps beside the program, on the Node that runs this file: its own is loaded, that of another version
 * is refused without a word, and the program works.
 */
import { buildSync } from "esbuild"
import assert from "node:assert/strict"
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { afterEach, describe, it } from "node:test"
import { fileURLToPath } from "node:url"
import { codePath, fromCode } from "../../src/cli/Compiled.ts"
import { folder, Running, serve, tidy } from "../processes/holub.ts"
import { testLimitMillis } from "../waitLimit.ts"

afterEach(tidy)

const root = fileURLToPath(new URL("../../", import.meta.url))
const otherNode = process.env["HOLUB_TEST_OTHER_NODE"] ?? ""

/** A copy of the built program whose code the Node at `node` has made, as scripts/code.mjs does. */
const installedBy = async (node: string) => {
  const home = folder()
  const path = join(home, "dist", "program.cjs")
  mkdirSync(join(home, "dist"))
  cpSync(`${root}package.json`, join(home, "package.json"))
  for (const name of ["bin.cjs", "program.cjs"]) cpSync(`${root}dist/${name}`, join(home, "dist", name))
  const compiled = join(home, "compiled.mjs")
  buildSync({
    entryPoints: [`${root}src/cli/Compiled.ts`],
    outfile: compiled,
    bundle: true,
    format: "esm",
    platform: "node"
  })
  const recording = await new Running(node, [`${root}scripts/record.mjs`, compiled, path, "send", "--help"]).ended
  assert.deepEqual([recording.code, recording.stderr], [0, ""])
  return { path, bin: join(home, "dist", "bin.cjs") }
}

const expectWorks = async (bin: string): Promise<void> => {
  const server = await serve()
  // --quiet: only what is wrong would be written.
  const args = [bin, "send", "--to", server.address, "--quiet", "--text", "Holub letí."]
  const { code, stderr, stdout } = await new Running(process.execPath, args).ended
  assert.deepEqual([code, stdout, stderr], [0, "", ""])
  assert.equal((await server.process.line("received"))["text"], "Holub letí.")
}

/** Seals code as this Node seals its own: only V8 itself can then refuse it. */
const seal = (path: string): void => {
  const { crc32 }: { readonly crc32: (data: string | Uint8Array, value?: number) => number } = createRequire(
    import.meta.url
  )("node:zlib")
  const sealBytes = 4
  const sealed = readFileSync(codePath(path))
  const code = sealed.subarray(0, -sealBytes)
  const value = crc32(code, crc32(readFileSync(path), crc32(process.version + process.arch)))
  sealed.writeUInt32LE(value, code.length)
  writeFileSync(codePath(path), sealed)
}

describe("the code beside the program", { timeout: testLimitMillis }, () => {
  it("is loaded where this version of Node has made it", async () => {
    const { bin, path } = await installedBy(process.execPath)
    assert.equal(fromCode(path)?.cachedDataRejected, false)
    await expectWorks(bin)
  })

  it("is refused where another version has made it, and the program works", async () => {
    const { bin, path } = await installedBy(otherNode)
    assert.equal(fromCode(path), undefined)
    await expectWorks(bin)
  })

  it("is refused by V8 where the seal does not show the other version, and the program works", async () => {
    const { bin, path } = await installedBy(otherNode)
    seal(path)
    assert.equal(fromCode(path)?.cachedDataRejected, true)
    await expectWorks(bin)
  })
})
