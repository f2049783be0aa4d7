/** Models of the existing programs, as peers over real sockets. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { ExistingClient } from "../models/ExistingClient.ts"
import type { ExistingServer } from "../models/ExistingServer.ts"
import { runClient, runServer } from "../models/process.ts"
import { content } from "../protocol/classic/exchange.ts"
import { folder, sendClassic as send, serveClassic as serve, type Server, tidy } from "./holub.ts"

const closing: Array<() => Promise<void>> = []

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
  await tidy()
})

/** Runs a client against our server until all its messages are delivered, or it has ended. */
const deliver = async (model: ExistingClient, { port }: Server, messages: number): Promise<void> => {
  await new Promise<void>((resolve, reject) => {
    const onChange = (): void => {
      if (model.ended) reject(new Error(model.log.join("\n")))
      else if (model.delivered === messages) resolve()
    }
    // The model reacts to an answer after this call. Its timers expire after 5 s.
    runClient({ model, port, host: "127.0.0.1", onChange }).then(({ close }) => closing.push(close), reject)
  })
  expect([model.provoked, model.counters.unasked, model.counters.timeouts]).toEqual([0, 0, 0])
}

describe.each(["frame", "payload"] as const)("an existing client of the %s dialect", (dialect) => {
  it("delivers texts and files to our server", async () => {
    const server = await serve()
    const model = new ExistingClient({ dialect })
    const bytes = content(50_000)
    model.sendText("Toto je text, ktorý sa poslal", 4)
    model.sendFile("príloha.bin", bytes, 1000)
    model.sendText("", 100)
    model.sendFile("empty", new Uint8Array(0), 100)
    await deliver(model, server, 4)
    await server.process.line("received", 3)
    expect(server.process.lines.filter(({ type }) => type === "received")).toMatchObject([
      { kind: "text", text: "Toto je text, ktorý sa poslal", fragments: 8, fragmentSize: dialect === "frame" ? 17 : 4 },
      { kind: "file", name: "príloha.bin", size: bytes.length, damaged: 0, duplicates: 0 },
      { kind: "text", text: "" },
      { kind: "file", name: "empty", size: 0 }
    ])
    expect(readFileSync(join(server.inbox, "príloha.bin")).equals(bytes)).toBe(true)
    expect(server.files()).toEqual(["empty", "príloha.bin"])
  })

  it("delivers a file of which every fragment is damaged once", async () => {
    const server = await serve()
    const model = new ExistingClient({ dialect, damage: () => true })
    const bytes = content(5000)
    model.sendFile("a.bin", bytes, 500)
    await deliver(model, server, 1)
    expect(model.counters.nacked).toBe(11)
    expect(await server.process.line("received")).toMatchObject({
      damaged: 11,
      damagedNumbers: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
      duplicates: 0,
      fragments: 11
    })
    expect(readFileSync(join(server.inbox, "a.bin")).equals(bytes)).toBe(true)
  })

  it("delivers a text whose fragments are larger than any frame, because it cuts by characters", async () => {
    const server = await serve()
    const model = new ExistingClient({ dialect })
    const text = "ž🐴".repeat(2000)
    model.sendText(text, 1445)
    await deliver(model, server, 1)
    expect(model.counters.oversized).toBe(3)
    expect(await server.process.line("received")).toMatchObject({ text, size: 12_000, fragments: 3 })
  })
})

describe("an existing server", () => {
  const start = async () => {
    const running = await runServer({ port: 0, host: "127.0.0.1" })
    closing.push(running.close)
    return { ...running, address: `127.0.0.1:${running.port}` }
  }
  const expectClean = ({ accidents, counters, ending }: ExistingServer): void => {
    expect([accidents, counters.strays, counters.ahead, counters.abandoned, ending]).toEqual([0, 0, 0, 0, "peerLeft"])
  }

  it.each(["frame", "payload"] as const)("accepts texts and files in the %s dialect", async (dialect) => {
    const { address, model } = await start()
    const home = folder()
    const bytes = content(200_000)
    writeFileSync(join(home, "príloha č. 1.bin"), bytes)
    writeFileSync(join(home, "empty"), "")
    const args = ["--dialect", dialect, "--text", "žluť", "príloha č. 1.bin", "empty", "--text", ""]
    const { code, lines } = await send({ address }, args, { cwd: home })
    expect(code).toBe(0)
    expect(model.received.map(({ bytes: { length }, kind, name }) => [kind, name, length])).toEqual([
      ["text", undefined, 6],
      ["file", "príloha č. 1.bin", 200_000],
      ["file", "empty", 0],
      ["text", undefined, 0]
    ])
    expect(Buffer.from(model.received[1]?.bytes ?? []).equals(bytes)).toBe(true)
    expect(lines.map(({ confirmed, type }) => [type, confirmed])).toEqual(
      args.slice(2).filter((arg) => arg !== "--text").map(() => ["sent", true])
    )
    expectClean(model)
  })

  it("accepts a file whose every fragment is damaged once, as existing clients damage it", async () => {
    const { address, model } = await start()
    const home = folder()
    const bytes = content(5000)
    writeFileSync(join(home, "a.bin"), bytes)
    const args = ["--fragment-size", "500", "--damage", "every:1", "a.bin"]
    const { code, lines } = await send({ address }, args, { cwd: home })
    expect(code).toBe(0)
    const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    // A slow machine repeats more.
    const repeatedNumbers = expect.arrayContaining(all)
    expect(lines).toMatchObject([{ damaged: 11, damagedNumbers: all, repeatedNumbers, confirmed: true }])
    expect(Buffer.from(model.received[0]?.bytes ?? []).equals(bytes)).toBe(true)
    expectClean(model)
  })

  it("accepts the same text twice in a row as two texts", async () => {
    const { address, model } = await start()
    expect((await send({ address }, ["--text", "x", "--text", "x"])).code).toBe(0)
    expect(model.received.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(["x", "x"])
    expectClean(model)
  })
})
