#!/usr/bin/env node
/** The executable: the only place where everything meets. What a command does not need is not loaded. */
import { say } from "./cli/Say.ts"
import { version } from "./cli/version.ts"

const argv = process.argv.slice(2)

if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) say(`${version}\n`)
else {
  const { start } = await import("./cli/Start.ts")
  await start(argv, async () => (await import("./node/services.ts")).layer)
}
