// Builds what is published: types and ESM of the library (tsc), and the command in one bundle with
// lazily loaded parts (esbuild), dist/bin.js.
import { build } from "esbuild"
import { execFileSync } from "node:child_process"
import { chmodSync, rmSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
process.chdir(root)
rmSync("dist", { recursive: true, force: true })
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" })
await build({
  entryPoints: { bin: "src/bin.ts" },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  chunkNames: "chunks/[name]-[hash]",
  minifySyntax: true,
  treeShaking: true,
  logLevel: "warning"
})
chmodSync("dist/bin.js", 0o755)
