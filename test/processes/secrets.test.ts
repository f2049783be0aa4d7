/** Where secrets may stand: in their own files, and nowhere else. */
import { randomBytes } from "node:crypto"
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, expect, it } from "vitest"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"
import * as KeyText from "../../src/security/KeyText.ts"
import { folder, holub, type Running, send, serveWith, tidy } from "./holub.ts"

afterEach(tidy)

/** The forms in which a secret of 32 bytes could stand somewhere: raw, as text, hexadecimal, base64, and a part of each. */
const formsOf = (secret: Buffer): ReadonlyArray<Buffer> => {
  const base32 = KeyText.encode(nodeCrypto, secret, KeyText.privatePrefix).slice(3, 50)
  const hex = secret.toString("hex")
  const texts = [base32, base32.toUpperCase(), hex, hex.toUpperCase(), secret.toString("base64").slice(0, 42)]
  const decimal = Array.from(secret.subarray(0, 8)).join(",")
  return [
    secret,
    secret.subarray(0, 16),
    ...texts,
    secret.toString("base64url").slice(0, 42),
    decimal,
    hex.slice(0, 32)
  ]
    .map((form) => Buffer.from(form))
}

const privateKeyIn = (path: string): Buffer => {
  const [text = ""] = readFileSync(path, "utf8").trim().split(" ")
  const key = KeyText.parse(nodeCrypto, text, KeyText.privatePrefix)
  if (key._tag === "Left") throw new Error(key.left)
  return Buffer.from(key.right)
}

const filesUnder = (path: string): ReadonlyArray<string> =>
  readdirSync(path, { recursive: true, encoding: "utf8" }).map((name) => join(path, name))
    .filter((name) => statSync(name).isFile())

/** The command line and the environment of a process that runs. */
const shownBySystem = ({ child }: Running): ReadonlyArray<Buffer> =>
  ["cmdline", "environ"].map((name) => readFileSync(`/proc/${child.pid}/${name}`))

it.runIf(process.platform === "linux")(
  "host key, identity, shared key and session keys are in no argument, environment, output, log, trace or other file (C12)",
  async () => {
    const state = folder()
    const env = { XDG_STATE_HOME: state }
    const own = join(state, "holub")
    const secrets = folder()
    const psk = join(secrets, "psk")
    writeFileSync(psk, randomBytes(32), { mode: 0o600 })
    const [logs, cwd] = [folder(), folder()]
    const file = join(cwd, "a.txt")
    writeFileSync(file, "content")
    const keylog = join(secrets, "keylog")
    const shown: Array<Buffer> = []

    const keys = await holub(["key", "show", "--verbose"], { env }).ended
    const more = (name: string) => ["--verbose", "--trace-data", "--log-file", join(logs, name)]
    const server = await serveWith({ env, args: ["--psk-file", psk, "--keylog", keylog, ...more("server")] })
    shown.push(...shownBySystem(server.process))
    const common = ["send", "--to", server.address, "--psk-file", psk, "--keylog", keylog]
    const sending = holub([...common, ...more("client"), "--limit", "100k", "--text", "x".repeat(60_000), file], {
      env
    })
    await server.process.line("started")
    shown.push(...shownBySystem(sending))
    const outcomes = [
      keys,
      await sending.ended,
      await send(server, ["--psk-file", psk, ...more("json"), file], { env })
    ]
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0])

    // Errors of every kind: of the command line, of key files, of a key that is not trusted, and of one that is not allowed.
    const wrong = join(secrets, "wrong")
    writeFileSync(wrong, `${readFileSync(join(own, "host.key"), "utf8").slice(0, 40)}\n`, { mode: 0o600 })
    const shared = join(secrets, "shared")
    writeFileSync(shared, readFileSync(psk), { mode: 0o644 })
    const list = join(cwd, "list")
    writeFileSync(list, "")
    const allowing = await serveWith({ env, args: ["--allow-keys", list, ...more("allowing")] })
    const text = ["--text", "x", ...more("errors")]
    const failed = await Promise.all([
      holub(["send", "--to", server.address, "--psk-file", shared, ...text], { env }).ended,
      holub(["send", "--to", server.address, "--psk-file", wrong, ...text], { env }).ended,
      holub(["send", "--to", server.address, "--identity", wrong, ...text], { env }).ended,
      holub(["serve", "--port", "0", "--host-key", wrong, ...more("errors")], { env }).ended,
      holub(["send", "--to", `${keyTextIn(join(own, "host.key"))}@h`, ...text], { env }).ended,
      holub(["trust", "replace", "h", keyTextIn(join(own, "host.key"))], { env }).ended,
      holub(["send", "--to", allowing.address, ...text], { env: { XDG_STATE_HOME: folder() } }).ended,
      holub(["send", "--to", allowing.address, ...text], { env }).ended
    ])
    expect(failed.map(({ code }) => code)).toEqual([8, 8, 8, 8, 2, 2, 4, 4])
    for (const one of [server, allowing]) one.process.kill("SIGTERM")
    outcomes.push(...failed, await server.process.ended, await allowing.process.ended)
    shown.push(...outcomes.flatMap(({ stderr, stdout }) => [Buffer.from(stdout), Buffer.from(stderr)]))

    const sessionKeys = readFileSync(keylog, "utf8").trim().split("\n").flatMap((line) => line.split(" ").slice(3))
    expect(sessionKeys.length).toBeGreaterThan(3)
    const all = [
      privateKeyIn(join(own, "host.key")),
      privateKeyIn(join(own, "identity.key")),
      readFileSync(psk),
      ...sessionKeys.map((hex) => Buffer.from(hex, "hex"))
    ]
    const others = filesUnder(own).filter((path) => !path.endsWith(".key"))
    const files = [...others, ...filesUnder(logs), ...filesUnder(cwd), ...filesUnder(server.inbox)]
    const places = [...shown, ...files.map((path) => readFileSync(path))]
    expect(places.length).toBeGreaterThan(20)
    const forms = all.flatMap(formsOf)
    // The search finds them where they are.
    for (const path of [join(own, "host.key"), join(own, "identity.key"), psk, keylog]) {
      expect(forms.filter((form) => readFileSync(path).includes(form)).length).toBeGreaterThan(0)
    }
    expect(places.flatMap((place) => forms.filter((form) => place.includes(form)))).toEqual([])
  }
)

/** The text of a private key, as somebody could paste it by mistake. */
const keyTextIn = (path: string): string => readFileSync(path, "utf8").trim()
