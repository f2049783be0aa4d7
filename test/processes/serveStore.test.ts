/** A server with a store: what it keeps is in a file or a database, and its end is orderly when that fails. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { postgresPrograms, type PostgresServer, postgresServer } from "../node/store/postgresServer.ts"
import type { Line } from "./documented.ts"
import { folder, holub, tidy } from "./holub.ts"

afterEach(tidy)

const serving = (store: string) =>
  holub(["serve", "--json", "--port", "0", "--dir", join(folder(), "inbox"), "--app", "identify@0", "--store", store])

/** A client of `identify` on a server. Returns what it shows. */
const visit = async (server: ReturnType<typeof serving>, typed: string): Promise<string> => {
  const is = (line: Line) => line.type === "listening" && line["app"] === "identify"
  const port = (await server.lineThat(is))["port"]
  const client = holub(["join", "--raw", `tcp://127.0.0.1:${port}`, "--app", "identify"], { input: typed })
  return (await client.ended).stdout
}

/** The same on a server of its own, which is stopped then. */
const visitOnce = async (store: string, typed: string): Promise<string> => {
  const server = serving(store)
  const shown = await visit(server, typed)
  server.kill("SIGTERM")
  expect((await server.ended).code).toBe(0)
  return shown
}

describe("serve --store FILE", () => {
  it("remembers the names of addresses in the file across a restart", async () => {
    const store = join(folder(), "state", "holub.store")
    expect(await visitOnce(store, "Ala\n")).toContain("Hello, Ala")
    expect(await visitOnce(store, "")).toContain("Hello, Ala")
  })

  it("is exit code 8 for a second server with the file, and 2 for a password, before anything listens", async () => {
    const store = join(folder(), "holub.store")
    const first = serving(store)
    await first.lineThat(({ type }) => type === "started")
    const second = await serving(store).ended
    expect(second.lines).toMatchObject([{ type: "error", code: "InUse", exitCode: 8 }])
    expect(second.code).toBe(8)
    const secret = await serving("postgres://ala:pigeon@127.0.0.1:1/holub").ended
    expect(secret.lines).toMatchObject([{ type: "error", code: "Usage", hint: expect.stringContaining("PGPASSFILE") }])
    expect(secret.stdout + secret.stderr).not.toContain("pigeon")
    expect([secret.code, (await serving("mysql://ala@127.0.0.1/x").ended).code]).toEqual([2, 2])
    expect(existsSync(store)).toBe(true)
  })
})

describe.skipIf(postgresPrograms === undefined)("serve --store postgres:// (skipped where it is not installed)", () => {
  const scope = Effect.runSync(Scope.make())
  let postgres: PostgresServer
  beforeAll(async () => {
    postgres = await Effect.runPromise(Scope.extend(postgresServer, scope))
  })
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

  it("keeps it in the database, and ends with exit code 3 when that stops", async () => {
    const url = await Effect.runPromise(postgres.makeDatabase)
    expect(await visitOnce(url, "Ala\n")).toContain("Hello, Ala")
    const server = serving(url)
    expect(await visit(server, "")).toContain("Hello, Ala")
    const missing = await serving(postgres.urlOf("nowhere")).ended
    expect(missing.code).toBe(3)
    expect(missing.lines).toMatchObject([{ message: expect.stringContaining("createdb NAME") }])
    const unknown = serving(await Effect.runPromise(postgres.makeDatabase))
    await unknown.lineThat(({ type }) => type === "started")
    await Effect.runPromise(Scope.close(scope, Exit.void))
    await visit(unknown, "Bo\n")
    const { code, lines } = await unknown.ended
    expect(code).toBe(3)
    expect(lines.at(-1)).toMatchObject({ type: "error", code: "Unreachable", exitCode: 3 })
    server.kill("SIGTERM")
    await server.ended
  })
})
