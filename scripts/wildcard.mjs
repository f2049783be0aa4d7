// Checks servers at a wildcard address on a machine with several addresses on one interface, with the kernel's routes:
// two network namespaces with a virtual cable (Linux, iproute2, root). `node scripts/wildcard.mjs [PROGRAM]`, by
// default dist/bin.cjs. Exit code: 0 if every row is as expected, 1 if one is not, 2 where namespaces cannot be made.
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve as absolute } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

const program = absolute(process.argv[2] ?? "dist/bin.cjs")
const here = `holub-server-${process.pid}`
const there = `holub-client-${process.pid}`
const port = 4040
/** Longer than the server's interval for reading its addresses, and than the detection of duplicate addresses. */
const settleMillis = 4000
const own = ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"]
const late = ["192.0.2.3", "2001:db8::3"]

const inbox = mkdtempSync(join(tmpdir(), "holub-wildcard-"))

const ip = (...words) => execFileSync("ip", words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
const prefixed = (address) => `${address}/${address.includes(":") ? 64 : 24}`
const addressOf = (host) => (host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`)

const makeNetwork = () => {
  ip("netns", "add", here)
  ip("netns", "add", there)
  ip("-n", here, "link", "add", "cable0", "type", "veth", "peer", "name", "cable1", "netns", there)
  for (const [name, cable] of [[here, "cable0"], [there, "cable1"]]) {
    ip("-n", name, "link", "set", "lo", "up")
    ip("-n", name, "link", "set", cable, "up")
  }
  for (const address of own) ip("-n", here, "addr", "add", prefixed(address), "dev", "cable0")
  for (const address of ["192.0.2.9", "2001:db8::9"]) ip("-n", there, "addr", "add", prefixed(address), "dev", "cable1")
}

const removeNetwork = () => {
  for (const name of [here, there]) {
    try {
      ip("netns", "delete", name)
    } catch {
      // It was not created.
    }
  }
}

const inside = (name, command, words, environment = {}) =>
  spawn("ip", ["netns", "exec", name, command, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    // Without the user's configuration and state.
    env: { ...process.env, HOME: inbox, XDG_CONFIG_HOME: inbox, XDG_STATE_HOME: inbox, ...environment }
  })

const outcomeOf = async (child) => {
  let text = ""
  child.stdout.on("data", (bytes) => (text += bytes))
  child.stderr.on("data", (bytes) => (text += bytes))
  const [code] = await once(child, "close")
  return { code, text }
}

const serve = async (words, environment) => {
  const child = inside(here, process.execPath, [program, "serve", "--dir", inbox, "--port", port, ...words], environment)
  const ended = outcomeOf(child)
  const listening = new Promise((resolve) => {
    child.stderr.on("data", (bytes) => String(bytes).includes("listening at") && resolve(true))
  })
  const stop = () => {
    child.kill("SIGTERM")
    return ended
  }
  return { ended, stop, isListening: await Promise.race([listening, ended.then(() => false)]) }
}

/** Whether a text sent there was confirmed. */
const arrives = async (host, wire) => {
  const words = ["send", "--to", addressOf(host), "--text", "hello", "--timeout", "4s", "--wire", wire]
  const { code } = await outcomeOf(inside(there, process.execPath, [program, ...words]))
  return code === 0
}

/** The error code of a program that binds to the address, or `bound`. */
const boundAs = async (host, reuseAddr) => {
  const type = host.includes(":") ? "udp6" : "udp4"
  const script = `const s = require("dgram").createSocket({ type: "${type}", reuseAddr: ${reuseAddr} })
    s.on("error", ({ code }) => { console.log(code); process.exit() })
    s.bind(${port}, "${host}", () => { console.log("bound"); process.exit() })`
  return (await outcomeOf(inside(here, process.execPath, ["-e", script]))).text.trim()
}

let failures = 0
const row = (name, expected, actual) => {
  if (expected !== actual) failures++
  console.log(`${expected === actual ? "ok    " : "FAILED"} ${name}: ${actual}${expected === actual ? "" : `, expected ${expected}`}`)
}

const linkLocals = () => {
  const [{ addr_info: entries }] = JSON.parse(ip("-n", here, "-j", "addr", "show", "dev", "cable0"))
  return entries.filter(({ scope }) => scope === "link").map(({ local }) => `${local}%cable1`)
}

const checkServer = async (wire, wildcard, environment) => {
  const name = `${wire} at ${wildcard}${environment === undefined ? "" : ", no offload"}`
  const server = await serve(["--host", wildcard, "--wire", wire], environment)
  row(`${name}: listens`, true, server.isListening)
  if (!server.isListening) return
  const families = (addresses) => addresses.filter((address) => wildcard === "::" || !address.includes(":"))
  // Some addresses are still tentative when the server starts.
  await sleep(settleMillis)
  const served = [...families(own), ...(wildcard === "::" ? linkLocals() : [])]
  for (const host of served) row(`${name}: sent to ${host}`, true, await arrives(host, wire))
  for (const host of ["127.0.0.1", ...served.filter((address) => !address.includes("%"))]) {
    for (const reuseAddr of [false, true]) {
      const asked = reuseAddr ? " with SO_REUSEADDR" : ""
      row(`${name}: another program at ${host}${asked}`, "EADDRINUSE", await boundAs(host, reuseAddr))
    }
  }
  for (const address of families(late)) ip("-n", here, "addr", "add", prefixed(address), "dev", "cable0")
  ip("-n", here, "addr", "delete", prefixed("192.0.2.2"), "dev", "cable0")
  await sleep(settleMillis)
  for (const host of families(late)) row(`${name}: sent to the new ${host}`, true, await arrives(host, wire))
  row(`${name}: sent to 192.0.2.2, which is gone`, false, await arrives("192.0.2.2", wire))
  row(`${name}: sent to 192.0.2.1, as before`, true, await arrives("192.0.2.1", wire))
  ip("-n", here, "addr", "add", prefixed("192.0.2.2"), "dev", "cable0")
  for (const address of families(late)) ip("-n", here, "addr", "delete", prefixed(address), "dev", "cable0")
  await sleep(settleMillis)
  row(`${name}: sent to 192.0.2.2, which is back`, true, await arrives("192.0.2.2", wire))
  row(`${name}: exit code after SIGTERM`, 0, (await server.stop()).code)
}

const checkTaken = async () => {
  const first = await serve(["--host", "2001:db8::2"])
  const second = await (await serve(["--host", "::"])).ended
  row("a server at :: where another has the port at 2001:db8::2: exit code", 2, second.code)
  row("and its message names the address", true, second.text.includes("2001:db8::2"))
  await first.stop()
}

try {
  try {
    makeNetwork()
  } catch (cause) {
    console.error(`wildcard: no network namespaces can be made here: ${cause.message}`)
    process.exitCode = 2
  }
  if (process.exitCode !== 2) {
    await checkServer("classic", "0.0.0.0")
    await checkServer("classic", "::")
    await checkServer("flock", "0.0.0.0")
    await checkServer("flock", "::")
    await checkServer("flock", "::", { HOLUB_NO_OFFLOAD: "1" })
    await checkTaken()
    process.exitCode = failures === 0 ? 0 : 1
  }
} finally {
  removeNetwork()
  rmSync(inbox, { recursive: true, force: true })
}
