// Other programs that transfer a file: how each is prepared, how its server is started, and the command whose time is
// measured. `missing` names a program that is not installed; nothing is installed here.
import { mkdirSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { userInfo } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { pathOf, run, tools } from "./installed.mjs"
import { refuse } from "./options.mjs"
import { quic } from "./quic.mjs"

const udxScript = fileURLToPath(new URL("udx.mjs", import.meta.url))
// UFTP sends at a fixed rate in kbit/s: slightly less than a path of 100 Mbit/s; -1 is no limit.
const uftpRate = { loopback: "-1", wan: "90000" }

const udxModule = () => {
  try {
    return createRequire(join(tools, "package.json")).resolve("udx-native")
  } catch {
    return undefined
  }
}

const makeKeys = ({ scratch }) => {
  for (const name of ["hostkey", "id"]) run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(scratch, name)])
  // sshd does not start without this directory.
  if (process.getuid() === 0) mkdirSync("/run/sshd", { recursive: true })
}

const writeRsyncConfig = ({ inbox, scratch }) => {
  const owner = process.getuid() === 0 ? "uid=0\ngid=0\n" : ""
  writeFileSync(join(scratch, "rsyncd.conf"), `use chroot=no\n${owner}[in]\npath=${inbox}\nread only=no\n`)
}

const all = [
  {
    name: "rsync",
    datagram: "TCP",
    programs: ["rsync"],
    prepare: writeRsyncConfig,
    server: ({ port, scratch, to }) => ({
      on: to,
      port,
      command: [
        "rsync",
        "--daemon",
        "--no-detach",
        "--port",
        String(port),
        "--address",
        to.address,
        "--config",
        join(scratch, "rsyncd.conf")
      ]
    }),
    timed: ({ from, name, outbox, port, to }) => ({
      on: from,
      command: ["rsync", "-W", join(outbox, name), `rsync://${to.address}:${port}/in/`]
    })
  },
  quic("quic", "cubic"),
  quic("quic-bbr", "bbr"),
  {
    name: "udx",
    datagram: "1472",
    programs: [],
    missing: () => udxModule() === undefined ? `udx-native in ${tools}` : undefined,
    server: ({ from, inbox, name, otherPort, port, to }) => ({
      on: to,
      port,
      command: [
        process.execPath,
        udxScript,
        "receive",
        udxModule(),
        to.address,
        String(port),
        from.address,
        String(otherPort),
        join(inbox, name)
      ]
    }),
    timed: ({ from, name, otherPort, outbox, port, to }) => ({
      on: from,
      command: [
        process.execPath,
        udxScript,
        "send",
        udxModule(),
        from.address,
        String(otherPort),
        to.address,
        String(port),
        join(outbox, name)
      ]
    })
  },
  {
    name: "scp",
    datagram: "TCP",
    programs: ["scp", "sshd", "ssh-keygen"],
    prepare: makeKeys,
    server: ({ port, scratch, to }) => ({
      on: to,
      port,
      command: [
        pathOf("sshd"),
        "-D",
        "-f",
        "/dev/null",
        "-p",
        String(port),
        "-h",
        join(scratch, "hostkey"),
        "-o",
        `ListenAddress=${to.address}`,
        "-o",
        `AuthorizedKeysFile=${join(scratch, "id.pub")}`,
        "-o",
        "StrictModes=no",
        "-o",
        "PidFile=none",
        "-o",
        "Subsystem=sftp internal-sftp"
      ]
    }),
    timed: ({ from, inbox, name, outbox, port, scratch, to }) => ({
      on: from,
      command: [
        "scp",
        "-q",
        "-F",
        "/dev/null",
        "-P",
        String(port),
        "-i",
        join(scratch, "id"),
        "-o",
        "IdentityAgent=none",
        "-o",
        "StrictHostKeyChecking=no",
        "-o",
        "UserKnownHostsFile=/dev/null",
        join(outbox, name),
        `${userInfo().username}@${to.address}:${inbox}/`
      ]
    })
  },
  {
    name: "udt",
    datagram: "1472",
    programs: ["sendfile", "recvfile"],
    server: ({ from, port }) => ({ on: from, port, command: [pathOf("sendfile"), String(port)] }),
    timed: ({ from, inbox, name, outbox, port, to }) => ({
      on: to,
      command: [pathOf("recvfile"), from.address, String(port), join(outbox, name), join(inbox, name)]
    })
  },
  {
    name: "srt",
    datagram: "1472",
    programs: ["srt-file-transmit"],
    server: ({ inbox, port, to }) => ({
      on: to,
      port,
      command: ["srt-file-transmit", `srt://${to.address}:${port}?mode=listener`, `file://${inbox}/`]
    }),
    timed: ({ from, name, outbox, port, to }) => ({
      on: from,
      command: ["srt-file-transmit", `file://${join(outbox, name)}`, `srt://${to.address}:${port}?mode=caller`]
    })
  },
  {
    name: "uftp",
    datagram: "1458",
    programs: ["uftp", "uftpd"],
    server: ({ inbox, port, scratch, to }) => ({
      on: to,
      port,
      command: [
        pathOf("uftpd"),
        "-d",
        "-D",
        inbox,
        "-L",
        join(scratch, "uftpd.log"),
        "-p",
        String(port),
        "-I",
        to.device,
        "-M",
        "239.9.9.9"
      ]
    }),
    timed: ({ from, name, outbox, port, to }) => ({
      on: from,
      command: [
        "uftp",
        "-I",
        from.device,
        "-M",
        to.address,
        "-P",
        to.address,
        "-p",
        String(port),
        "-R",
        uftpRate[from.device === "lo" ? "loopback" : "wan"],
        "-b",
        "1458",
        join(outbox, name)
      ]
    })
  }
]

/** The peers of a list, or all of them; `missing` says why one cannot run. */
export const peersOf = (list) => {
  const names = list === "all" ? all.map(({ name }) => name) : list.split(",").filter((name) => name !== "")
  return names.map((name) => {
    const peer = all.find((candidate) => candidate.name === name)
    if (peer === undefined) refuse(`${name} is no peer; the peers are ${all.map((one) => one.name).join(", ")}`)
    const program = peer.programs.find((candidate) => pathOf(candidate) === undefined)
    return { ...peer, isOurs: false, env: {}, goals: {}, missing: program ?? peer.missing?.() }
  })
}
