/** A server (P5) and a sender (F22) that may open few files. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { frameType } from "../models/frames.ts"
import { classic, folder, inTurn, program, Running, sendClassic as send, serveWith, tidy } from "./holub.ts"
import { bytesOf, dismiss, framesOf, Stranger } from "./Stranger.ts"

afterEach(() => {
  dismiss()
  return tidy()
})

const { ACK, FIN } = frameType

/**
 * Sends a file without its last fragment; `finish` sends it and returns the type of its answer, or FIN after an earlier
 * FIN.
 */
const startFile = async (port: number, name: string) => {
  const stranger = await Stranger.to(port)
  const frames = framesOf({ kind: "F", name: [bytesOf(name)], content: ["one ", "two ", name].map(bytesOf) })
  let answer: number = ACK
  // A refusal is sent once.
  const sendNext = async (frame: (typeof frames)[number]) => {
    if (answer === ACK) answer = (await stranger.ask(frame)).type
  }
  await inTurn(frames.slice(0, -1), sendNext)
  return {
    name,
    finish: async () => {
      await inTurn(frames.slice(-1), sendNext)
      return answer
    }
  }
}

describe("P5 a server that may open 40 files", () => {
  it("refuses the files above the limit, completes the others, and then accepts new ones", async () => {
    const server = await serveWith({ args: classic, by: ["prlimit", "--nofile=40:40"] })
    const names = Array.from({ length: 30 }, (_, index) => `${index}.txt`)
    const files = await Promise.all(names.map((name) => startFile(server.port, name)))
    const ends = await Promise.all(files.map(async ({ finish, name }) => ({ name, end: await finish() })))
    const taken = ends.filter(({ end }) => end === ACK).map(({ name }) => name)
    const refused = ends.filter(({ end }) => end === FIN).map(({ name }) => name)
    expect([taken.length > 0, refused.length > 0, taken.length + refused.length]).toEqual([true, true, names.length])

    await server.process.line("error", refused.length - 1)
    const errors = server.process.lines.filter(({ type }) => type === "error")
    expect(errors).toHaveLength(refused.length)
    for (const error of errors) {
      expect(error).toMatchObject({
        // Above the share of the sender, or of what this program may have open.
        code: expect.stringMatching(/^(?:TooMany|Io)$/),
        exitCode: 8,
        message: expect.stringMatching(
          /too many files (?:arrive at the same time; send the file again later|open; close some or raise its limit)$/
        )
      })
    }
    expect(server.files()).toEqual(taken.toSorted())
    for (const name of taken) expect(readFileSync(join(server.inbox, name), "utf8")).toBe(`one two ${name}`)

    const home = folder()
    for (const name of refused) writeFileSync(join(home, name), `again ${name}`)
    expect((await send(server, refused, { cwd: home })).code).toBe(0)
    expect(server.files()).toEqual(names.toSorted())
    expect(server.process.stderr).toBe("")
  })
})

describe("F22 a sender that may open 40 files", () => {
  it.each(["classic", "flock"])("sends 60 files and 60 of a wrong size over %s", async (wire) => {
    const server = await serveWith({ args: ["--wire", wire] })
    const home = folder()
    const names = Array.from({ length: 60 }, (_, index) => `${index}.txt`)
    for (const name of names) writeFileSync(join(home, name), `this is ${name}`)
    // Each of these reports 0 bytes.
    const paths = [...names, ...names.map(() => "/proc/self/mountinfo")]
    const command = [process.execPath, program, "send", "--to", server.address, "--wire", wire, "--json", ...paths]
    const { code, lines } = await new Running("prlimit", ["--nofile=40:40", ...command], { cwd: home }).ended
    expect([code, lines.filter(({ type }) => type === "sent").length]).toEqual([0, 120])
    expect(lines.at(-1)).toMatchObject({ name: "mountinfo", path: "/proc/self/mountinfo" })
    for (const name of names) expect(readFileSync(join(server.inbox, name), "utf8")).toBe(`this is ${name}`)
  })
})
