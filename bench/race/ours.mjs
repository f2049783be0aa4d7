// Our own programs among the contestants: `holub serve` takes what `holub send` brings.
import { existsSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const holub = fileURLToPath(new URL("../../dist/bin.js", import.meta.url))

/** Without the build there is nothing to measure. */
export const notBuilt = existsSync(holub) ? undefined : "dist/bin.js is not there: npm run build"

/** A contestant: `goals` names the least ratio to a peer's speed, `args` go to `send`, `env` to both ends. */
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
