/** Scripts in rooms: what `say` posts, `follow` prints once, also when the server is killed and started again in the meantime. */
import { join } from "node:path"
import { afterEach, expect, it } from "vitest"
import { folder, holub, type Running, serveWith, tidy } from "./holub.ts"
import { keptPort } from "./keptPort.ts"

afterEach(tidy)

const env = () => ({ XDG_STATE_HOME: folder() })
const say = (address: string, words: ReadonlyArray<string>, options: Parameters<typeof holub>[1]) =>
  holub(["say", `${address}/hall`, "--json", ...words], options).ended
const bodies = ({ lines }: Pick<Running, "lines">) =>
  lines.filter(({ type }) => type === "event").map(({ body }) => Object(body)["text"])

it("follow prints each post of say once, over a kill -9 of the server", async () => {
  const own = env()
  const [port, store] = [await keptPort(), join(folder(), "alpha.store")]
  const args = ["--app", "chat@none", "--store", store, "--server-name", "alpha"]
  const server = await serveWith({ args, port, env: own })
  expect((await say(server.address, ["before"], { env: own })).code).toBe(0)
  const following = holub(["follow", `${server.address}/hall`, "--json", "--last", "5", "--count", "4"], { env: own })
  await following.lineThat(({ type }) => type === "event")
  const second = await say(server.address, ["two", "words"], { env: own })
  expect(second.lines.find(({ type }) => type === "posted")).toMatchObject({ room: "hall", seq: 2 })
  server.process.kill("SIGKILL")
  await server.process.ended
  await serveWith({ args, port, env: own })
  const lines = await say(server.address, ["--everywhere", "60s"], { env: own, input: "three\n\nfour\n" })
  expect([lines.code, lines.lines.filter(({ type }) => type === "posted").length]).toEqual([0, 2])
  const { code } = await following.ended
  expect([code, bodies(following)]).toEqual([0, ["before", "two words", "three", "four"]])
  const shown = await holub(["follow", `${server.address}/chat`, "--last", "2", "--count", "2"], { env: own }).ended
  expect(shown.stdout).toMatch(/^\d\d:\d\d {2}~guest-\d+: three\n\d\d:\d\d {2}~guest-\d+: four\n$/)
})

it("say tells why a text is not posted: what is no text, a room that is not there, a server that is not", async () => {
  const own = env()
  const server = await serveWith({ args: ["--app", "chat@none"], env: own })
  const wrong = await say(server.address, [], { env: own, input: Buffer.from([0x61, 0xff, 0x0a]) })
  expect([wrong.code, wrong.lines.at(-1)]).toMatchObject([8, { code: "NotText" }])
  const nowhere = await holub(["say", `${server.address}/nowhere`, "x"], { env: own }).ended
  expect([nowhere.code, nowhere.stderr]).toEqual([6, expect.stringContaining("no such room")])
  const nameless = await holub(["say"], { env: own }).ended
  expect([nameless.code, nameless.stderr]).toEqual([2, expect.stringContaining("no room is named")])
  expect((await holub(["follow", "127.0.0.1:1/hall"], { env: own }).ended).code).toBe(3)
  server.process.kill("SIGTERM")
  await server.process.ended
})
