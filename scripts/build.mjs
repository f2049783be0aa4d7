// Builds the published files: types and ESM of the library (tsc), and the program (esbuild): dist/bin.cjs, which loads
// dist/program.cjs, one file whose modules run when they are needed, with V8's code cache; dist/store.cjs, which commands
// with a store load; dist/web.cjs, which serves the page; dist/NOTICE with the licences of the bundled packages; and the manual page, dist/holub.1.
import { build } from "esbuild"
import { execFileSync } from "node:child_process"
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { basename } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { makeCode } from "./code.mjs"
import { noticeOf } from "./notice.mjs"
import { pageParts } from "./page.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const program = "dist/program.cjs"
const store = { entry: "src/node/store/NodeStore.ts", file: "dist/store.cjs" }
const web = { entry: "src/cli/web/WebProgram.ts", file: "dist/web.cjs" }
process.chdir(root)
rmSync("dist", { recursive: true, force: true })
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "scripts/tsconfig.build.json"], { stdio: "inherit" })

// @effect/cli uses these for options and arguments that are files. No command of Holub has any, so 400 kB are omitted.
const unread = {
  name: "unread",
  setup: ({ onLoad, onResolve }) => {
    onResolve(
      { filter: /^(?:yaml|toml|ini)$/ },
      ({ importer, path }) => /@effect[/+]cli/.test(importer) ? { path, namespace: "unread", sideEffects: false } : undefined
    )
    onLoad({ filter: /.*/, namespace: "unread" }, ({ path }) => ({
      contents: `export const parse = () => { throw new Error("${path} is not in this program") }; export const decode = parse`
    }))
  }
}

// Modules of Node that many commands never use; each is loaded at its first use.
const late = {
  name: "late",
  setup: ({ onLoad, onResolve }) => {
    const filter = /^(?:node:)?(?:child_process|crypto|dgram|dns\/promises|fs\/promises|net|readline)$/
    onResolve({ filter }, ({ namespace, path }) => namespace === "late" ? { path, external: true } : { path, namespace: "late" })
    onLoad({ filter, namespace: "late" }, ({ path }) => {
      const names = Object.keys(createRequire(import.meta.url)(path))
      const getters = names.map((name) => `get ${name}() { return load().${name} }`)
      return { contents: `const load = () => require("${path}"); module.exports = { ${getters.join(", ")} }` }
    })
  }
}

// The store of a file or a database, and the web server, each with its own copy of effect: most commands need none, and `--version` stays
// as fast as it is.
const apart = {
  name: "apart",
  setup: ({ onResolve }) => {
    for (const { entry, file } of [store, web]) {
      onResolve(
        { filter: new RegExp(`/${basename(entry).replace(".", "\\.")}$`) },
        ({ kind }) => kind === "dynamic-import" ? { path: `./${basename(file)}`, external: true } : undefined
      )
    }
  }
}

const bundled = {
  bundle: true,
  platform: "node",
  target: "node20.19",
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: 120,
  metafile: true,
  logLevel: "warning",
  // Node starts CommonJS sooner than ESM.
  format: "cjs",
  define: { "import.meta.url": "ownUrl" },
  banner: { js: "\"use strict\"; const ownUrl = require(\"node:url\").pathToFileURL(__filename).href" }
}
const executable = await build({ ...bundled, entryPoints: ["src/bin.ts"], outfile: "dist/bin.cjs" })
chmodSync("dist/bin.cjs", 0o755)
const bundle = await build({
  ...bundled,
  entryPoints: ["src/cli/Program.ts"],
  outfile: program,
  plugins: [unread, late, apart],
  // Compiled by node:vm, it could import() only with a warning.
  supported: { "dynamic-import": false }
})
const kept = await build({
  ...bundled,
  entryPoints: [store.entry],
  outfile: store.file,
  // Optional, with packages of its own.
  external: ["@effect/sql-pg"],
  supported: { "dynamic-import": false }
})
const { metafile: pageFile, script, style } = await pageParts()
const served = await build({
  ...bundled,
  entryPoints: [web.entry],
  outfile: web.file,
  define: { ...bundled.define, pageScript: JSON.stringify(script), pageStyle: JSON.stringify(style) },
  // Native parts of ws, which it does without.
  external: ["bufferutil", "utf-8-validate"],
  supported: { "dynamic-import": false }
})
// A character that is not ASCII would double the memory of the source, and the time to read it.
const ascii = (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`
writeFileSync(program, readFileSync(program, "utf8").replace(/[^\0-\x7f]/g, ascii))
writeFileSync("dist/NOTICE", noticeOf([executable.metafile, bundle.metafile, kept.metafile, served.metafile, pageFile]))
await makeCode(program)

// Written by the sources, which Node cannot load as they are, and which are no part of the program.
const page = "dist/holub.1"
const writer = `${page}.mjs`
await build({
  stdin: {
    contents: `export { manPage } from "./src/cli/text/ManPage.ts"
      export { commands } from "./src/cli/commands/Commands.ts"`,
    resolveDir: root
  },
  outfile: writer,
  bundle: true,
  packages: "external",
  format: "esm",
  platform: "node",
  logLevel: "warning"
})
const { commands, manPage } = await import(pathToFileURL(writer).href)
const { version } = JSON.parse(readFileSync("package.json", "utf8"))
writeFileSync(page, manPage(commands, version))
rmSync(writer)
