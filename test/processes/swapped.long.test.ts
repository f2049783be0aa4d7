/**
 * A program of the same user that swaps the inbox, or names in it, for links to elsewhere while files are published.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { startChild } from "./childProgram.ts"
import { type Ended, folder, type Running, send, serve, type Server, tidy } from "./holub.ts"

// The tests of this file run concurrently.
afterAll(tidy)

const filesOfOneSending = 40
const swapsAtLeast = 10_000

/** A folder elsewhere with a file, which must not change. */
const elsewhereWithVictim = (): string => {
  const elsewhere = folder()
  writeFileSync(join(elsewhere, "victim"), "precious")
  return elsewhere
}

const expectUntouched = (elsewhere: string): void => {
  expect(readdirSync(elsewhere)).toEqual(["victim"])
  expect(readFileSync(join(elsewhere, "victim"), "utf8")).toBe("precious")
}

const swapsOf = ({ stdout }: Running): number => Number(/(\d+)\n$/.exec(stdout)?.[1] ?? 0)

/** Small content, so that many files are published a second. */
const contentOf = (sender: number, name: string): string => `${name} of sender ${sender} `.repeat(50)

/** Sends files again and again, by several senders at once, until the swapper has done enough swaps; the outcomes. */
const sendDuring = async (swapper: Running, server: Server): Promise<ReadonlyArray<Ended>> => {
  const outcomes: Array<Ended> = []
  const names = Array.from({ length: filesOfOneSending }, (_, index) => `${index}.txt`)
  const sendOn = async (sender: number, home: string): Promise<void> => {
    outcomes.push(await send(server, names, { cwd: home }))
    if (outcomes.length < 2 || swapsOf(swapper) < swapsAtLeast) await sendOn(sender, home)
  }
  await Promise.all([0, 1].map((sender) => {
    const home = folder()
    for (const name of names) writeFileSync(join(home, name), contentOf(sender, name))
    return sendOn(sender, home)
  }))
  return outcomes
}

const endSwapping = async (swapper: Running): Promise<number> => {
  swapper.child.stdin.end()
  const { code, stderr } = await swapper.ended
  expect([code, stderr]).toEqual([0, ""])
  return swapsOf(swapper)
}

const start = async (what: string, { inbox }: Server, elsewhere: string): Promise<Running> => {
  const swapper = startChild("Swapper.ts", what, inbox, elsewhere, String(filesOfOneSending))
  await swapper.until(({ stdout }) => stdout === "" ? undefined : true)
  return swapper
}

describe.concurrent("the inbox swapped for a link to elsewhere, 10,000 times while files are published (F2)", () => {
  it("writes nothing elsewhere: each file is refused, or complete in the inbox", async () => {
    const server = await serve()
    const elsewhere = elsewhereWithVictim()
    const swapper = await start("inbox", server, elsewhere)
    const outcomes = await sendDuring(swapper, server)
    expect(await endSwapping(swapper)).toBeGreaterThanOrEqual(swapsAtLeast)
    expectUntouched(elsewhere)

    const lines = outcomes.flatMap((outcome) => outcome.lines)
    const sent = lines.filter(({ type }) => type === "sent")
    const failed = lines.filter(({ type }) => type === "error")
    // Either side has won the race.
    expect([sent.length > 0, failed.length > 0]).toEqual([true, true])
    expect(new Set(failed.map(({ exitCode }) => exitCode))).toEqual(new Set([6]))
    const reasons = server.process.lines.flatMap((line) => line.type === "error" ? [line["code"]] : [])
    expect(reasons).toHaveLength(failed.length)
    const codes = [...reasons, ...failed.map(({ code }) => code)]
    expect(codes.filter((code) => code !== "Changed" && code !== "NotFound")).toEqual([])

    const contents = new Set(
      [0, 1].flatMap((sender) =>
        Array.from({ length: filesOfOneSending }, (_, index) => contentOf(sender, `${index}.txt`))
      )
    )
    expect(server.files()).toHaveLength(sent.length)
    for (const name of server.files()) {
      expect(contents.has(readFileSync(join(server.inbox, name), "utf8"))).toBe(true)
    }
    expect((await send(server, ["--text", "it still serves"])).code).toBe(0)
  })
})

describe.concurrent("the names of files swapped for links to elsewhere, 10,000 times while they are published (F2)", () => {
  it.each(["overwrite", "rename"])("writes nothing elsewhere under --if-exists %s", async (ifExists) => {
    const server = await serve("--if-exists", ifExists)
    const elsewhere = elsewhereWithVictim()
    const swapper = await start("names", server, elsewhere)
    const outcomes = await sendDuring(swapper, server)
    expect(await endSwapping(swapper)).toBeGreaterThanOrEqual(swapsAtLeast)
    expectUntouched(elsewhere)
    // A name that is a link counts as taken, or is replaced: nothing fails.
    expect(new Set(outcomes.map(({ code }) => code))).toEqual(new Set([0]))
  })
})
