/** Programs of the tests that must be processes of their own: bundled, because Node 20 runs no TypeScript. */
import { buildSync } from "esbuild"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { folder, Running } from "./holub.ts"

/** Starts `file`, a neighbour of this one. Its standard input is open until the test ends it. */
export const startChild = (file: string, ...args: ReadonlyArray<string>): Running => {
  const outfile = join(folder(), "child.mjs")
  const entry = fileURLToPath(new URL(file, import.meta.url))
  // Packages of CommonJS require modules of Node.
  const banner = {
    js: `import * as nodeModule from "node:module"; const require = nodeModule.createRequire(import.meta.url)`
  }
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    banner
  })
  return new Running(process.execPath, [outfile, ...args], { hasEndlessInput: true })
}
