// Runs the built program once and writes V8's code cache for it. Started by code.mjs, which bundles
// src/cli/Compiled.ts: record.mjs <the bundle> <the program> <its arguments …>
import { writeFileSync } from "node:fs"
import { pathToFileURL } from "node:url"

const [bundle, program, ...args] = process.argv.slice(2)
const { codeOf, codePath, fromCode, fromSource, run } = await import(pathToFileURL(bundle).href)
const script = fromCode(program) ?? fromSource(program)
process.on("exit", () => writeFileSync(codePath(program), codeOf(script, program)))
await run(script, program).run(args)
