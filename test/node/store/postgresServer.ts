/** A server of Postgres for tests: a cluster of its own in a short temporary folder, on a Unix socket only. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { execFile, execFileSync, spawn } from "node:child_process"
import { accessSync, chownSync, constants, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Debian's folder of programs, the newest version; undefined where Postgres is not installed. */
export const postgresPrograms: string | undefined = (() => {
  const folder = "/usr/lib/postgresql"
  try {
    const [newest] = readdirSync(folder).toSorted((one, other) => Number(other) - Number(one))
    const programs = join(folder, newest ?? "", "bin")
    accessSync(join(programs, "initdb"), constants.X_OK)
    return programs
  } catch {
    return undefined
  }
})()

/** A program of Postgres has failed. */
class PostgresFailure extends Data.TaggedError("PostgresFailure")<{ readonly cause: unknown }> {}

export interface PostgresServer {
  /** The URL of a new database. */
  readonly makeDatabase: Effect.Effect<string, PostgresFailure>
  /** The URL of a database with this name, which need not exist. */
  readonly urlOf: (database: string) => string
  /** Runs a statement as the owner of the server. */
  readonly run: (statement: string) => Effect.Effect<void, PostgresFailure>
  /** Ends the connections of a database, as a server that is stopped does. */
  readonly disconnect: (url: string) => Effect.Effect<void, PostgresFailure>
}

/** Postgres refuses to run as root. */
const identity = (): { readonly uid?: number; readonly gid?: number } => {
  if (process.getuid?.() !== 0) return {}
  const numberOf = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }))
  return { uid: numberOf("-u"), gid: numberOf("-g") }
}

const user = "holub"

/** Starts a server, which its scope stops. `postgresPrograms` is defined. */
export const postgresServer: Effect.Effect<PostgresServer, PostgresFailure, Scope.Scope> = Effect.gen(function*() {
  const programs = postgresPrograms ?? ""
  const run = identity()
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => {
      // The path of a Unix socket has 107 bytes at most.
      const made = mkdtempSync(join(tmpdir(), "hpg-"))
      if (run.uid !== undefined && run.gid !== undefined) chownSync(made, run.uid, run.gid)
      return made
    }),
    (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true }))
  )
  const execute = (program: string, parameters: ReadonlyArray<string>) =>
    Effect.async<void, PostgresFailure>((resume) => {
      execFile(join(programs, program), parameters, { ...run, cwd: folder }, (cause) => {
        resume(cause === null ? Effect.void : Effect.fail(new PostgresFailure({ cause })))
      })
    })
  const data = join(folder, "data")
  yield* execute("initdb", ["-D", data, "-U", user, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"])
  yield* Effect.acquireRelease(
    Effect.async<ReturnType<typeof spawn>, PostgresFailure>((resume) => {
      const settings = ["listen_addresses=", `unix_socket_directories=${folder}`, "fsync=off"]
      const server = spawn(
        join(programs, "postgres"),
        ["-D", data, ...settings.flatMap((setting) => ["-c", setting])],
        { ...run, cwd: folder, stdio: ["ignore", "ignore", "pipe"] }
      )
      let log = ""
      server.stderr.on("data", (bytes) => {
        log += String(bytes)
        if (log.includes("ready to accept connections")) resume(Effect.succeed(server))
      })
      server.once("exit", () => resume(Effect.fail(new PostgresFailure({ cause: new Error(log) }))))
    }),
    (server) =>
      Effect.async<void>((resume) => {
        server.once("exit", () => resume(Effect.void))
        // SIGINT is Postgres's fast shutdown: it ends open connections.
        if (server.exitCode !== null || !server.kill("SIGINT")) resume(Effect.void)
      })
  )
  const psql = (command: string) => execute("psql", ["-h", folder, "-U", user, "-d", "postgres", "-qc", command])
  const urlOf = (database: string) => `postgres:///${database}?host=${encodeURIComponent(folder)}&user=${user}`
  let databases = 0
  return {
    urlOf,
    run: psql,
    makeDatabase: Effect.suspend(() => {
      const database = `holub${++databases}`
      return Effect.as(psql(`CREATE DATABASE ${database}`), urlOf(database))
    }),
    disconnect: (url) =>
      psql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${new URL(url).pathname.slice(1)}'`)
  }
})
