#!/usr/bin/env node
/** The executable: the only place where everything meets. What a command does not need is not loaded. */
import { version } from "./cli/version.ts"

const argv = process.argv.slice(2)

if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
  process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") return
    process.stderr.write(`holub: standard output cannot be written: ${message}\n`)
    // ExitCode.localIo, which is not loaded here.
    process.exitCode = 8
  })
  process.stdout.write(`${version}\n`)
} else {
  const [{ main }, services] = await Promise.all([import("./cli/Main.ts"), import("./node/services.ts")])
  main(argv, services.layer)
}
