// holub as a contestant: `holub serve` receives the file from `holub send`.
import { copyFileSync, existsSync, mkdirSync } from "node:fs"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"

const holub = fileURLToPath(new URL("../../dist/bin.cjs", import.meta.url))

/** A copy of the program, at a place from which Node finds no packages. */
const copyOf = ({ scratch }) => join(scratch, "program", basename(holub))

const copyProgram = ({ scratch }) => {
  mkdirSync(join(scratch, "program"))
  for (const name of ["bin.cjs", "program.cjs", "program.cjs.code"]) {
    const path = fileURLToPath(new URL(`../../dist/${name}`, import.meta.url))
    if (existsSync(path)) copyFileSync(path, join(scratch, "program", name))
  }
}

/** The message if the program is not built; otherwise undefined. */
export const notBuilt = existsSync(holub) ? undefined : "dist/bin.cjs does not exist: run npm run build"

/** The option for both ends. An unknown key of a server is accepted: each path has another address. */
const protecting = (wire, protection) => wire === "flock" ? ["--protection", protection] : []
const trusting = (wire, protection) => wire === "flock" && protection === "aead" ? ["--accept-new"] : []

/**
 * A contestant: `goals` has the minimum ratio to a peer's speed, or to that of another of our contestants, `args` are arguments of
 * `send`, `env` is set at both ends. `hasKoffi` is false for a copy of the program that finds no koffi.
 */
export const ours = (
  { args = [], datagram, env = {}, goals = {}, hasKoffi = true, name, protection = "aead", wire }
) => ({
  name,
  datagram,
  env,
  goals,
  isOurs: true,
  prepare: hasKoffi ? undefined : copyProgram,
  server: ({ inbox, port, scratch, to }) => ({
    on: to,
    port,
    command: [
      process.execPath,
      hasKoffi ? holub : copyOf({ scratch }),
      "serve",
      "--wire",
      wire,
      ...protecting(wire, protection),
      "--host",
      to.address,
      "--port",
      String(port),
      "--dir",
      inbox,
      "--if-exists",
      "overwrite",
      "--quiet"
    ]
  }),
  timed: ({ from, name: file, outbox, port, scratch, to }) => ({
    on: from,
    command: [
      process.execPath,
      hasKoffi ? holub : copyOf({ scratch }),
      "send",
      "--wire",
      wire,
      ...protecting(wire, protection),
      ...trusting(wire, protection),
      "--to",
      `${to.address}:${port}`,
      "--quiet",
      ...args,
      join(outbox, file)
    ]
  })
})
