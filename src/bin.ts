#!/usr/bin/env node
/** The executable: prints the version at once; for everything else it loads the program, a file of its own. */
import { fileURLToPath } from "node:url"
import manifest from "../package.json" with { type: "json" }
import { load } from "./cli/Compiled.ts"

const argv = process.argv.slice(2)
const isVersion = argv.length === 1 && ["--version", "-V", "version"].includes(argv[0] ?? "")

if (isVersion) {
  process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") return
    process.stderr.write(`holub: standard output cannot be written: ${message}\n`)
    // ExitCode.localIo, which is not loaded here.
    process.exitCode = 8
  })
  process.stdout.write(`${manifest.version}\n`)
} else load(fileURLToPath(new URL("program.cjs", import.meta.url))).run(argv)
