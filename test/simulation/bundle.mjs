// Bundles a TypeScript program of the simulation, so that Node runs it at full speed and workers can load it. The
// sources may be changed while they are bundled: a planted bug replaces a part of one file, and `openPrivates` renames
// `#field` to `_field` in the cores, so that the explorer can copy their states. The production sources contain no hook
// for this.
import { build } from "esbuild"
import { createHash } from "node:crypto"
import { mkdir, readFile, rename, writeFile } from "node:fs/promises"
import { basename, join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))
const cache = join(root, "node_modules", ".cache", "holub")

/**
 * Bundles `entry` (relative to the repository) and resolves to the path of the module. `patches` are
 * `{ file, find, replace }`: `find` must occur in `file` exactly once.
 */
export const bundle = async (entry, { patches = [], openPrivates = false } = {}) => {
  const applied = new Set()
  const change = {
    name: "change",
    setup: ({ onLoad }) =>
      onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, async ({ path }) => {
        const file = relative(root, path).replaceAll("\\", "/")
        let contents = await readFile(path, "utf8")
        for (const patch of patches.filter((one) => one.file === file)) {
          const pieces = contents.split(patch.find)
          if (pieces.length !== 2) {
            throw new Error(
              `the patch must match once in ${file}, but matches ${pieces.length - 1} times: ${patch.find}`
            )
          }
          contents = pieces.join(patch.replace)
          applied.add(patch)
        }
        if (openPrivates && file.startsWith("src/protocol/")) contents = contents.replaceAll(/#(?=[a-z])/g, "_")
        return { contents, loader: "ts" }
      })
  }
  const { outputFiles: [output] } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20.19",
    write: false,
    logLevel: "error",
    plugins: [change]
  })
  const missed = patches.filter((patch) => !applied.has(patch))
  if (missed.length > 0) throw new Error(`no source was loaded for the patches of ${missed.map(({ file }) => file)}`)
  const name = `${basename(entry, ".ts")}-${
    createHash("sha256").update(output.contents).digest("hex").slice(0, 16)
  }.mjs`
  const path = join(cache, name)
  await mkdir(cache, { recursive: true })
  // Written atomically: several processes may bundle the same program.
  await writeFile(`${path}.${process.pid}`, output.contents)
  await rename(`${path}.${process.pid}`, path)
  return path
}
