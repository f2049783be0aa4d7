// Builds what is published: types and ESM of the library (tsc), and the command (esbuild): dist/bin.js, which loads
// dist/program.cjs, one file whose parts run when they are needed, with the code that V8 has of it once it has run.
import { build } from "esbuild"
import { execFileSync } from "node:child_process"
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { makeCode } from "./code.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const program = "dist/program.cjs"
process.chdir(root)
rmSync("dist", { recursive: true, force: true })
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "scripts/tsconfig.build.json"], { stdio: "inherit" })
const bundled = { bundle: true, platform: "node", target: "node20.19", minifySyntax: true, logLevel: "warning" }
await build({ ...bundled, entryPoints: ["src/bin.ts"], outfile: "dist/bin.js", format: "esm" })
chmodSync("dist/bin.js", 0o755)
await build({
  ...bundled,
  entryPoints: ["src/cli/Program.ts"],
  outfile: program,
  format: "cjs",
  // Compiled by node:vm, it could import() only with a warning.
  supported: { "dynamic-import": false },
  define: { "import.meta.url": "ownUrl" },
  banner: { js: "\"use strict\"; const ownUrl = require(\"node:url\").pathToFileURL(__filename).href" }
})
// A sign in a comment that is not ASCII would double the memory of the source, and the time to read it.
const ascii = (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`
writeFileSync(program, readFileSync(program, "utf8").replace(/[^\0-\x7f]/g, ascii))
await makeCode(program)
