/** The keys of a user and the known servers, with the built program. */
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { folder, holub, tidy } from "./holub.ts"

afterEach(tidy)

/** A user of its own: the environment, and the paths below its folder of keys. */
const user = () => {
  const state = folder()
  return { env: { XDG_STATE_HOME: state }, at: (name: string) => join(state, "holub", name) }
}

const keyText = /^hk1[a-z2-7]{56}$/
const one = "hk1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaagm2d2"
const two = "hk1aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypwgdon"
const words = "barely hero napkin humble say shrug success faint"

describe("holub key show", () => {
  it("makes the keys once, for this user alone, and shows them with their words", async () => {
    const { at, env } = user()
    const { code, stderr, stdout } = await holub(["key", "show"], { env }).ended
    expect([code, stderr]).toEqual([0, "made the host key and the identity\n"])
    const lines = stdout.split("\n")
    expect(lines[0]).toMatch(/^host key {2}hk1[a-z2-7]{56}$/)
    expect(lines[1]).toMatch(/^ {2}[a-z]+( [a-z]+){7}$/)
    expect(lines[2]).toBe(`  ${at("host.key")}`)
    expect(lines[3]).toMatch(/^identity {2}hk1[a-z2-7]{56}$/)
    expect(["host.key", "identity.key", ""].map((name) => statSync(at(name)).mode & 0o777)).toEqual([
      0o600,
      0o600,
      0o700
    ])
    expect(await holub(["key", "show"], { env }).ended).toMatchObject({ code: 0, stdout, stderr: "" })
  })

  it("prints one object for each key with --json, and never a private key", async () => {
    const { at, env } = user()
    const { lines, stderr, stdout } = await holub(["key", "show", "--json"], { env }).ended
    expect(lines.map(({ kind, path }) => [kind, path])).toEqual([
      ["host", at("host.key")],
      ["identity", at("identity.key")]
    ])
    for (const { key } of lines) expect(key).toMatch(keyText)
    const secrets = ["host.key", "identity.key"].map((name) => readFileSync(at(name), "utf8").trim())
    for (const secret of secrets) {
      expect(secret).toMatch(/^hs1/)
      expect(stdout + stderr).not.toContain(secret.slice(3, 40))
    }
  })

  it("makes the same keys in programs that start at the same time", async () => {
    const { env } = user()
    const all = await Promise.all(Array.from({ length: 4 }, () => holub(["key", "show"], { env }).ended))
    expect(new Set(all.map(({ stdout }) => stdout)).size).toBe(1)
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0])
  })

  it("refuses a key that others can read, and says how to mend it", async () => {
    const { at, env } = user()
    await holub(["key", "show"], { env }).ended
    chmodSync(at("host.key"), 0o644)
    const { code, stderr, stdout } = await holub(["key", "show"], { env }).ended
    expect([code, stdout]).toEqual([8, ""])
    expect(stderr).toContain(`(mode 0644); run: chmod 600 ${at("host.key")}`)
  })

  it("shows the files that the settings name, also with the wire classic in the environment", async () => {
    const { env } = user()
    const other = join(folder(), "key")
    const { code, lines } = await holub(["key", "show", "--json", "--host-key", other], {
      env: { ...env, HOLUB_WIRE: "classic" }
    }).ended
    expect([code, lines[0]?.["path"], existsSync(other)]).toEqual([0, other, true])
  })
})

describe("holub key rotate", () => {
  it("makes one next key, which replaces the host key on its day", async () => {
    const { at, env } = user()
    const [host] = (await holub(["key", "show", "--json"], { env }).ended).lines
    const { code, lines: [next] } = await holub(["key", "rotate", "--json"], { env }).ended
    expect([code, next?.["kind"], next?.["path"]]).toEqual([0, "nextHost", at("host.key.next")])
    expect(Date.parse(String(next?.["from"])) - Date.parse(String(next?.time))).toBeGreaterThan(29 * 86_400_000)
    const again = await holub(["key", "rotate"], { env }).ended
    expect([again.code, again.stdout]).toEqual([8, ""])
    expect(again.stderr).toContain("a next host key exists already")
    const shown = (await holub(["key", "show", "--json"], { env }).ended).lines
    expect(shown.map(({ key, kind }) => [kind, key]).slice(0, 2)).toEqual([
      ["host", host?.["key"]],
      ["nextHost", next?.["key"]]
    ])
    const secret = readFileSync(at("host.key.next"), "utf8").split(" ")[0] ?? ""
    writeFileSync(at("host.key.next"), `${secret} 2026-01-01T00:00:00Z\n`)
    const after = (await holub(["key", "show", "--json"], { env }).ended).lines
    expect(after.map(({ key, kind }) => [kind, key])[0]).toEqual(["host", next?.["key"]])
    expect(existsSync(at("host.key.next"))).toBe(false)
  })
})

describe("holub trust", () => {
  it("replaces, lists and removes the key of a server", async () => {
    const { at, env } = user()
    const replaced = await holub(["trust", "replace", "Server.Example", one], { env }).ended
    expect([replaced.code, replaced.stdout]).toEqual([0, ""])
    expect(replaced.stderr).toBe(`server.example:4040 has the key ${one} from now on: ${words}\n`)
    await holub(["trust", "replace", "[2001:DB8::1]:9", two], { env }).ended
    const listed = await holub(["trust", "list"], { env }).ended
    expect(listed.stdout).toMatch(
      new RegExp(`^server\\.example:4040 {2}${one} {2}since \\d{4}-\\S+Z\n {2}${words}\n\\[2001:db8::1\\]:9 {2}${two} `)
    )
    expect(statSync(at("known_hosts")).mode & 0o777).toBe(0o600)
    const removed = await holub(["trust", "remove", "server.example", "--json"], { env }).ended
    expect([removed.code, removed.lines[0]?.["server"]]).toEqual([0, "server.example:4040"])
    const { lines } = await holub(["trust", "list", "--json"], { env }).ended
    expect(lines.map(({ key, server }) => [server, key])).toEqual([["[2001:db8::1]:9", two]])
    const none = await holub(["trust", "remove", "server.example"], { env }).ended
    expect([none.code, none.stderr]).toEqual([
      2,
      "holub: server.example:4040 is not known\n       `holub trust list` lists the known servers\n"
    ])
  })

  it("loses no key of programs that run at the same time", async () => {
    const { env } = user()
    const names = Array.from({ length: 5 }, (_, index) => `h${index}:1`)
    const all = await Promise.all(names.map((name) => holub(["trust", "replace", name, one], { env }).ended))
    expect(all.map(({ code }) => code)).toEqual(names.map(() => 0))
    const { lines } = await holub(["trust", "list", "--json"], { env }).ended
    expect(lines.map(({ server }) => server).toSorted()).toEqual(names)
  })

  it("keeps comments and lines that it cannot read, and tells of them", async () => {
    const { at, env } = user()
    mkdirSync(at(""), { mode: 0o700 })
    writeFileSync(at("known_hosts"), `# mine\nbroken line\n`, { mode: 0o600 })
    await holub(["trust", "replace", "h:1", one], { env }).ended
    const { code, stderr, stdout } = await holub(["trust", "list"], { env }).ended
    expect([code, stderr]).toEqual([0, `holub: line 2 of ${at("known_hosts")} does not begin with HOST:PORT\n`])
    expect(stdout.split("\n").length).toBe(3)
    await holub(["trust", "remove", "h:1"], { env }).ended
    expect(readFileSync(at("known_hosts"), "utf8")).toBe("# mine\nbroken line\n")
  })

  it("says that no server is known, and makes no file for that", async () => {
    const { at, env } = user()
    const { code, stderr, stdout } = await holub(["trust", "list"], { env }).ended
    expect([code, stdout, stderr]).toEqual([0, "", `no server is known in ${at("known_hosts")}\n`])
    expect(existsSync(at(""))).toBe(false)
  })

  it.each([
    [["replace", "h"], "trust replace needs HOST[:PORT] and KEY"],
    [["remove"], "trust remove needs HOST[:PORT]"],
    [["replace", "h", one.slice(0, 50)], "the key has 50 characters, not 59"],
    [["replace", "h:0", one], "\"h:0\" is not HOST, HOST:PORT or [IPv6]:PORT"],
    [["replace", "a/b", one], "\"a/b\" is not HOST, HOST:PORT or [IPv6]:PORT"]
  ])("refuses %j", async (args, message) => {
    const { at, env } = user()
    const { code, stderr } = await holub(["trust", ...args], { env }).ended
    expect([code, stderr.split("\n")[0]]).toEqual([2, `holub: ${message}`])
    expect(existsSync(at(""))).toBe(false)
  })
})
