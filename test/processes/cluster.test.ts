/** A site of two hosts on Postgres, of which one is killed: no post is lost, none is there twice. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import * as PostgresStore from "../../src/node/store/PostgresStore.ts"
import { hexOf } from "../../src/protocol/Hex.ts"
import { postgresPrograms, type PostgresServer, postgresServer } from "../node/store/postgresServer.ts"
import { startChild } from "./childProgram.ts"
import { tidy } from "./holub.ts"

afterEach(tidy)

/** Posts of the client of each host, and how many of them are on the disk when a host is killed. */
const posts = 200
const before = 60

const startHost = (url: string, key: string) => {
  const host = startChild("ClusterHost.ts", url, key)
  const said = (word: string) =>
    host.stdout.split("\n").slice(0, -1).filter((line) => line.startsWith(`${word} `)).map((line) =>
      line.slice(word.length + 1)
    )
  const post = (device: string, from: number, to: number): void => {
    for (let n = from; n <= to; n++) host.child.stdin.write(`${device} ${n}\n`)
  }
  const doneOf = (device: string) => said("done").filter((line) => line.startsWith(`${device} `)).length
  return { host, said, post, doneOf, joined: () => host.until(() => said("joined").length > 0 ? true : undefined) }
}

describe.skipIf(postgresPrograms === undefined)("a site on Postgres (skipped where it is not installed)", () => {
  const scope = Effect.runSync(Scope.make())
  let postgres: PostgresServer
  beforeAll(async () => {
    postgres = await Effect.runPromise(Scope.extend(postgresServer, scope))
  })
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

  it.each(["runs", "does not run"])(
    "loses no post and has none twice when a host is killed that %s the room",
    async (which) => {
      const url = await Effect.runPromise(postgres.makeDatabase)
      const key = hexOf(Uint8Array.from({ length: 32 }, (_, at) => at + 1))
      const both = [startHost(url, key), startHost(url, key)]
      await Promise.all(both.map(({ joined }) => joined()))
      for (const [at, { post }] of both.entries()) post(`client${at}`, 1, posts / 2)
      await Promise.all(
        both.map(({ doneOf, host }, at) => host.until(() => doneOf(`client${at}`) >= before ? true : undefined))
      )

      // The one that has opened the room; if both have, because it has moved while they started, either may have it now.
      const running = both[0]?.host.stdout.includes("opened\n") === true ? 0 : 1
      const killed = which === "runs" ? running : 1 - running
      const [gone, left] = [both[killed], both[1 - killed]]
      if (gone === undefined || left === undefined) throw new Error("there are two hosts")
      left.post(`client${1 - killed}`, posts / 2 + 1, posts)
      gone.post(`client${killed}`, posts / 2 + 1, posts)
      gone.host.kill("SIGKILL")
      await gone.host.ended

      // Its client goes to the other host, and posts again what it has no answer for.
      left.post(`client${killed}`, gone.doneOf(`client${killed}`) + 1, posts)
      const all = both.flatMap((_, at) => Array.from({ length: posts }, (_post, n) => `client${at} ${n + 1}`))
      await left.host.until(() => new Set(left.said("recorded")).size === all.length ? true : undefined)
      const events = await Effect.runPromise(Effect.scoped(Effect.flatMap(
        PostgresStore.open(url),
        (store) => store.after("hall", new Map(), Infinity)
      )))
      const stored = events.map(({ body }) => String(body?.["text"]))
      for (const texts of [stored, left.said("recorded")]) {
        expect(texts.length).toBe(all.length)
        for (const device of ["client0", "client1"]) {
          const own = (text: string) => text.startsWith(`${device} `)
          expect(texts.filter(own)).toEqual(all.filter(own))
        }
      }
      expect(left.said("failed")).toEqual([])
    }
  )
})
