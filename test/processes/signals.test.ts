/** The effects of SIGINT, SIGTERM and SIGHUP on both commands. */
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { frameType } from "../models/frames.ts"
import { waitLimitMillis } from "../waitLimit.ts"
import {
  classic,
  folder,
  holub,
  inTurn,
  type Running,
  send,
  serve,
  serveClassic,
  serveForPeople,
  type Server,
  tidy
} from "./holub.ts"
import { bytesOf, dismiss, finFrame, framesOf, Stranger } from "./Stranger.ts"

afterEach(() => {
  dismiss()
  return tidy()
})

const { ACK, FIN } = frameType

const slowly = { flock: ["--limit", "20k"], classic: ["--fragment-size", "1"] } as const
type Wire = keyof typeof slowly
const wires = ["flock", "classic"] as const

/** A file that keeps a sender busy for longer than any test. */
const startLongTransfer = (address: string, wire: Wire): Running => {
  const home = folder()
  writeFileSync(join(home, "long.bin"), Buffer.alloc(5_000_000, "long"))
  return holub(["send", "--wire", wire, "--to", address, "--json", ...slowly[wire], "long.bin"], { cwd: home })
}

/** A peer in the middle of a file: the name and the first of two fragments have arrived, the last has not. */
const startByHand = async ({ port, process }: Server, saysStarted = true) => {
  const stranger = await Stranger.to(port)
  const frames = framesOf({ kind: "F", name: [bytesOf("half.txt")], content: [bytesOf("one,"), bytesOf("two")] })
  const [announcement, name, first, last] = frames
  if (announcement === undefined || name === undefined || first === undefined || last === undefined) {
    throw new Error("too few frames")
  }
  await inTurn([announcement, name, first], async (frame) => expect((await stranger.ask(frame)).type).toBe(ACK))
  if (saysStarted) await process.line("started")
  return {
    stranger,
    announcement,
    finish: () => stranger.ask(last),
    /** A server that has answered twice has handled a signal that was sent before. */
    answerTwice: async () => [await stranger.ask(name), await stranger.ask(name)]
  }
}

describe("a sender in the middle of a file", () => {
  it.each(
    wires.flatMap((wire) =>
      ([["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const).map((end) => [wire, ...end] as const)
    )
  )(
    "over %s ends its connection on %s, exits with %d, and leaves neither a file nor a part behind",
    async (wire, signal, code) => {
      const server = await serve("--wire", wire)
      const sender = startLongTransfer(server.address, wire)
      await server.process.line("started")
      sender.kill(signal)
      expect((await sender.ended).code).toBe(code)
      const error = await server.process.line("error")
      expect(error).toMatchObject({
        exitCode: 5,
        message: expect.stringMatching(/"long\.bin".*did not arrive completely/)
      })
      expect(await server.process.line("disconnected")).toMatchObject({ reason: "ended" })
      expect(server.files()).toEqual([])
      expect((await send(server, ["--wire", wire, "--text", "next"])).code).toBe(0)
      expect(await server.process.line("received")).toMatchObject({ text: "next" })
    }
  )

  it("reports that it was stopped by its exit code alone", async () => {
    const server = await serve()
    const sender = startLongTransfer(server.address, "flock")
    await server.process.line("started")
    sender.kill("SIGINT")
    const { lines, stderr } = await sender.ended
    expect(stderr).toBe("")
    expect(lines).toEqual([])
  })

  it.each(wires)("over %s ends on SIGINT before the server has answered", async (wire) => {
    // A silent server; a closed port would be reported.
    const silent = createSocket("udp4")
    silent.bind(0, "127.0.0.1")
    await once(silent, "listening")
    const sender = startLongTransfer(`127.0.0.1:${silent.address().port}`, wire)
    await once(silent, "message")
    sender.kill("SIGINT")
    expect((await sender.ended).code).toBe(130)
    silent.close()
  })
})

describe("a sender that still reads its standard input", () => {
  it.each([["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const)("ends on %s with %d", async (signal, code) => {
    const sender = holub(["send", "--to", "127.0.0.1:9", "-"], { hasEndlessInput: true })
    // More than a pipe holds: when all is written, the program is reading. While another one runs, it has read the rest.
    await new Promise((resolve) => sender.child.stdin.write(Buffer.alloc(1_000_000), resolve))
    await holub(["--help"]).ended
    sender.kill(signal)
    expect(await sender.ended).toMatchObject({ code, stdout: "", stderr: "" })
  })
})

describe("a server that receives a signal (P1)", () => {
  it("ends at once with 0 on SIGTERM when there is no transfer", async () => {
    const server = await serve()
    expect((await send(server, ["--text", "x"])).code).toBe(0)
    server.process.kill("SIGTERM")
    expect(await server.process.ended).toMatchObject({ code: 0, stderr: "" })
  })

  it("completes the transfer of a file on SIGTERM, and ends with 0", async () => {
    const server = await serveClassic()
    const { answerTwice, finish } = await startByHand(server)
    server.process.kill("SIGTERM")
    await answerTwice()
    expect((await finish()).type).toBe(ACK)
    expect((await server.process.ended).code).toBe(0)
    expect(readFileSync(join(server.inbox, "half.txt"), "utf8")).toBe("one,two")
    expect(server.files()).toEqual(["half.txt"])
  })

  it("ignores a second SIGTERM", async () => {
    const server = await serveClassic()
    const { answerTwice, finish } = await startByHand(server)
    server.process.kill("SIGTERM")
    await answerTwice()
    server.process.kill("SIGTERM")
    await answerTwice()
    expect((await finish()).type).toBe(ACK)
    expect((await server.process.ended).code).toBe(0)
    expect(server.files()).toEqual(["half.txt"])
  })

  it("accepts no new transfer while it completes the old one", async () => {
    const server = await serveForPeople(...classic)
    const { announcement, answerTwice, stranger } = await startByHand(server, false)
    server.process.kill("SIGTERM")
    await server.process.until(({ stderr }) => stderr.includes("stopping") ? true : undefined)
    const late = await Stranger.to(server.port)
    await late.send(announcement)
    await answerTwice()
    expect(late.received.map(({ type }) => type)).not.toContain(ACK)
    await stranger.send(finFrame)
    expect((await server.process.ended).code).toBe(0)
  })

  it.each([["SIGINT", 130], ["SIGHUP", 129]] as const)(
    "ends on %s with %d, ends the connection, and leaves no part behind",
    async (signal, code) => {
      const server = await serveClassic()
      const { stranger } = await startByHand(server)
      const farewell = stranger.answer(waitLimitMillis)
      server.process.kill(signal)
      expect((await farewell)?.type).toBe(FIN)
      expect((await server.process.ended).code).toBe(code)
      expect(server.files()).toEqual([])
    }
  )

  it.each([["SIGINT", 130], ["SIGTERM", 0]] as const)(
    "ends on %s with %d though its standard output is not read",
    async (signal, code) => {
      const server = await serveClassic()
      const { finish, stranger } = await startByHand(server)
      server.process.child.stdout.pause()
      // More than a pipe holds.
      const content = Array.from({ length: 700 }, () => bytesOf("x".repeat(1000)))
      expect(await (await Stranger.to(server.port)).offer({ kind: "T", content })).toBe(ACK)
      const farewell = stranger.answer(waitLimitMillis)
      const exit = once(server.process.child, "exit")
      server.process.kill(signal)
      if (signal === "SIGINT") expect((await farewell)?.type).toBe(FIN)
      else expect((await finish()).type).toBe(ACK)
      expect(await exit).toEqual([code, null])
      server.process.child.stdout.resume()
    }
  )

  it("ends at once on the second signal, with the code of that one (P2)", async () => {
    const server = await serveClassic()
    const { answerTwice } = await startByHand(server)
    server.process.kill("SIGTERM")
    await answerTwice()
    server.process.kill("SIGINT")
    expect((await server.process.ended).code).toBe(130)
  })
})
