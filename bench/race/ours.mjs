// holub as a contestant: `holub serve` receives the file from `holub send`.
import { existsSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const holub = fileURLToPath(new URL("../../dist/bin.cjs", import.meta.url))

/** The message if the program is not built; otherwise undefined. */
export const notBuilt = existsSync(holub) ? undefined : "dist/bin.cjs does not exist: run npm run build"

/**
 * A contestant: `goals` has the minimum ratio to a peer's speed, `args` are arguments of `send`, `env` is set at both
 * ends.
 */
export const ours = ({ args = [], datagram, env = {}, goals = {}, name, wire }) => ({
  name,
  datagram,
  env,
  goals,
  isOurs: true,
  server: ({ inbox, port, to }) => ({
    on: to,
    port,
    command: [
      process.execPath,
      holub,
      "serve",
      "--wire",
      wire,
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
  timed: ({ from, name: file, outbox, port, to }) => ({
    on: from,
    command: [
      process.execPath,
      holub,
      "send",
      "--wire",
      wire,
      "--to",
      `${to.address}:${port}`,
      "--quiet",
      ...args,
      join(outbox, file)
    ]
  })
})
