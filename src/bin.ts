#!/usr/bin/env node
/** The executable: the version is said at once, and the program, a file of its own, is loaded for everything else. */
import { fileURLToPath } from "node:url"
import { load } from "./cli/Compiled.ts"
import { say } from "./cli/Say.ts"
import { version } from "./cli/text/version.ts"

const argv = process.argv.slice(2)

if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) say(`${version}\n`)
else await load(fileURLToPath(new URL("program.cjs", import.meta.url))).run(argv)
