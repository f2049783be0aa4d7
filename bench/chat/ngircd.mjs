// Debian's ngircd as the server of comparison: without limits for connections and penalties, without look-ups, on loopback.
import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"

/** Why there is no ngircd on this machine; undefined if there is one. */
export const missing = () =>
  spawnSync("ngircd", ["--version"]).status === 0 ? undefined : "there is no ngircd (Debian: apt-get install ngircd)"

/** ngircd writes its port nowhere: a free one is looked for. */
const freePort = (host) =>
  new Promise((resolve) => {
    const server = createServer()
    server.listen(0, host, () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

const configuration = (host, port) =>
  `[Global]
Name = irc.bench.test
Info = benchmark
Listen = ${host}
Ports = ${port}
MotdPhrase = bench
${process.getuid?.() === 0 ? "ServerUID = nobody\nServerGID = nogroup\n" : ""}[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
PingTimeout = 3600
PongTimeout = 3600
[Options]
DNS = no
Ident = no
PAM = no
OperCanUseMode = no
`

/** Starts it in a folder on a disk in memory; `pid` is its process. */
export const start = async ({ folder, host, run }) => {
  const port = await freePort(host)
  const own = mkdtempSync(join(folder, "ngircd-"))
  const path = join(own, "ngircd.conf")
  writeFileSync(path, configuration(host, port))
  const child = spawn(run[0] ?? "ngircd", [...(run.length > 0 ? [...run.slice(1), "ngircd"] : []), "-n", "-f", path], {
    stdio: "ignore"
  })
  return {
    port,
    pid: child.pid,
    end: () =>
      new Promise((resolve) => {
        child.on("exit", () => {
          rmSync(own, { recursive: true, force: true })
          resolve()
        })
        child.kill("SIGKILL")
      })
  }
}

/** What a client says to enter the room, what it then gets, and a line of a text. */
export const dialect = {
  enter: (number) => `NICK g${number}\r\nUSER g${number} 0 * :g\r\nJOIN #bench\r\n`,
  entered: " 366 ",
  line: (text) => `PRIVMSG #bench :${text}\r\n`,
  /** Its sender is not sent a text. */
  receivers: (clients) => clients - 1
}
