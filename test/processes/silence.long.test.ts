/**
 * Programs that are killed, or stopped for a while, in the middle of a file. In each of several lanes a server is
 * killed again and again, at a seeded frame, and started again on the same inbox and port: 24 kills in all, or
 * HOLUB_TEST_KILLS.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { encode, frameType } from "../models/frames.ts"
import { content } from "../protocol/classic/exchange.ts"
import { testLimitMillis } from "../waitLimit.ts"
import {
  classic,
  type Ended,
  folder,
  holub,
  inTurn,
  type Running,
  sendClassic as send,
  serveClassic as serve,
  type Server,
  serveWith,
  tidy
} from "./holub.ts"
import { keptPort } from "./keptPort.ts"
import { closeRelays, Relay } from "./Relay.ts"
import { dismiss, Stranger } from "./Stranger.ts"

let isOver = false

// The tests of this file run concurrently: they mostly wait 20 s or 45 s until a peer is lost.
afterAll(() => {
  isOver = true
  closeRelays()
  dismiss()
  return tidy()
})

const kills = Number(process.env["HOLUB_TEST_KILLS"] ?? 24)
const lanes = 4
const partName = /^\.holub-[0-9a-f]{32}\.part$/

/** Numbers from 0 to 1, the same in every run (a multiplicative generator of Lehmer). */
const seeded = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state * 48_271) % 0x7fff_ffff
    return state / 0x7fff_ffff
  }
}

const fragmentSize = 500
/** Three small files; their frames are an announcement, the name and the content. */
const sizes = [5_000, 40_000, 12_000]
const framesOf = (bytes: number): number => 2 + Math.ceil(bytes / fragmentSize)
const allFrames = sizes.reduce((sum, bytes) => sum + framesOf(bytes), 0)
const lastFrames = sizes.map((_, at) => sizes.slice(0, at + 1).reduce((sum, bytes) => sum + framesOf(bytes), 0))

/** Content that shows to which file each byte belongs. */
const contentOf = (name: string, bytes: number): Buffer => Buffer.alloc(bytes, `${name};`)

interface Victim {
  readonly files: ReadonlyMap<string, Buffer>
  readonly ended: Promise<Ended>
}

/** A frame of the sender, and a number of turns of this process's event loop after it. */
interface KillPoint {
  readonly frame: number
  readonly turns: number
}

/** Every third point is at or after the last frame of a file, when the file is synced and published. */
const killPoint = (chance: () => number, round: number): KillPoint => {
  const last = lastFrames[Math.floor(chance() * lastFrames.length)] ?? allFrames
  const frame = round % 3 === 0 ? last : 1 + Math.floor(chance() * allFrames)
  return { frame, turns: Math.floor(chance() ** 2 * 60) }
}

const afterTurns = (turns: number, act: () => void): void => {
  if (turns === 0) act()
  else setImmediate(afterTurns, turns - 1, act)
}

/** Starts a sender of a file that takes minutes. */
const sendForLong = ({ address }: Server): Running => {
  const home = folder()
  writeFileSync(join(home, "long.bin"), Buffer.alloc(5_000_000, "long"))
  return holub(["send", ...classic, "--to", address, "--json", "--fragment-size", "1", "long.bin"], { cwd: home })
}

/** Starts a sender and kills the server at the point; the sender continues. */
const killDuring = async (server: Server, { frame, turns }: KillPoint, label: string): Promise<Victim> => {
  const home = folder()
  const files = new Map(sizes.map((bytes, index) => {
    const name = `${label}-${index}.bin`
    return [name, contentOf(name, bytes)]
  }))
  for (const [name, bytes] of files) writeFileSync(join(home, name), bytes)
  const kill = (): void => server.process.kill("SIGKILL")
  // Repeats count too, so that every point is reached.
  const relay = await Relay.to(server.port, (number) => {
    if (number === frame) afterTurns(turns, kill)
  })
  const ended = send(relay, ["--fragment-size", String(fragmentSize), ...files.keys()], { cwd: home })
  expect((await server.process.ended).code).toBe("SIGKILL")
  return { files, ended }
}

/** Compares the outcomes that a sender reported with the inbox. */
const expectTruth = ({ code, lines, stderr }: Ended, { files }: Victim, inbox: string): void => {
  const sent = lines.filter(({ type }) => type === "sent")
  const errors = lines.filter(({ type }) => type === "error")
  expect([stderr, sent.length + errors.length]).toEqual(["", lines.length])
  for (const error of errors) expect([error["code"], error["exitCode"]]).toSatisfy(isLoss)
  expect(code).toBe(errors.length === 0 ? 0 : sent.length === 0 ? 5 : 10)
  for (const { confirmed, name, sha256 } of sent) {
    // Without the last answer, a sender cannot distinguish a restarted server from one with the file (docs/PROTOCOL.md
    // §6).
    if (confirmed !== true) continue
    const bytes = files.get(String(name))
    expect([name, sha256, readFileSync(join(inbox, String(name))).equals(bytes ?? Buffer.of())]).toEqual([
      name,
      expect.stringMatching(/^[0-9a-f]{64}$/),
      true
    ])
  }
}

const isLoss = ([code, exitCode]: ReadonlyArray<unknown>): boolean =>
  (code === "Lost" || code === "NotSent") && exitCode === 5

/** The inbox has complete files under their names and parts of killed servers, and nothing else. */
const expectWhole = (server: Server, victims: ReadonlyArray<Victim>): void => {
  const files = new Map(victims.flatMap((victim) => Array.from(victim.files)))
  for (const name of server.files().filter((one) => !partName.test(one))) {
    expect([name, files.get(name)?.equals(readFileSync(join(server.inbox, name)))]).toEqual([name, true])
  }
}

const killOver = async (lane: number): Promise<ReadonlyArray<Ended>> => {
  const chance = seeded(1 + lane)
  const victims: Array<Victim> = []
  let server = await serveWith({ args: classic, port: await keptPort() })
  await inTurn(Array(Math.ceil(kills / lanes)).keys(), async (round) => {
    if (isOver) throw new Error("the time for these tests is over")
    victims.push(await killDuring(server, killPoint(chance, round), `${lane}-${round}`))
    expectWhole(server, victims)
    // On the same inbox and port: the senders of the killed server still send there.
    server = await serveWith({ args: classic, port: server.port, inbox: server.inbox })
  })
  const outcomes = await Promise.all(victims.map(({ ended }) => ended))
  outcomes.forEach((outcome, index) => {
    const victim = victims[index]
    if (victim !== undefined) expectTruth(outcome, victim, server.inbox)
  })
  expectWhole(server, victims)
  const home = folder()
  writeFileSync(join(home, "next.bin"), "next")
  expect((await send(server, ["next.bin"], { cwd: home })).code).toBe(0)
  expect(readFileSync(join(server.inbox, "next.bin"), "utf8")).toBe("next")
  return outcomes
}

describe.concurrent("F11 kill -9", () => {
  it(
    `of the server in ${kills} transfers leaves complete files or none, and each sender reports the truth`,
    async () => {
      const outcomes = (await Promise.all(Array.from({ length: lanes }, (_, lane) => killOver(lane)))).flat()
      expect(outcomes).toHaveLength(Math.ceil(kills / lanes) * lanes)
      // Some were in the middle of files, some at their ends.
      expect(new Set(outcomes.map(({ code }) => code)).size).toBeGreaterThan(1)
    },
    Math.max(testLimitMillis, kills * 5000)
  )

  it(
    "of the server for good, whose port is closed from then on, is a loss after 20 s of silence (W11, P3)",
    async () => {
      const server = await serve()
      const sender = sendForLong(server)
      await server.process.line("started")
      server.process.kill("SIGKILL")
      const { code, lines } = await sender.ended
      expect(code).toBe(5)
      expect(lines).toMatchObject([{ type: "error", code: "Lost", exitCode: 5, hint: expect.any(String) }])
      expect(server.files().filter((name) => !partName.test(name))).toEqual([])
    }
  )

  it.each<readonly [end: string, end: (server: Server) => Promise<void>]>([
    ["with the server", async ({ process }) => {
      process.kill("SIGINT")
      expect((await process.ended).code).toBe(130)
    }],
    ["when the server has waited for 45 s", async ({ process }) => {
      expect(await process.line("error")).toMatchObject({
        exitCode: 5,
        message: expect.stringMatching(/"long\.bin".*did not arrive completely: \S+ stopped answering/)
      })
      expect(await process.line("disconnected", 1)).toMatchObject({ reason: "lost" })
    }]
  ])("of a sender leaves no file, hinders no other, and its part goes %s (P3)", async (_, end) => {
    const server = await serve()
    const sender = sendForLong(server)
    await server.process.line("progress")
    sender.kill("SIGKILL")
    expect((await sender.ended).code).toBe("SIGKILL")
    expect(server.files()).toEqual([expect.stringMatching(partName)])

    const home = folder()
    writeFileSync(join(home, "long.bin"), "short")
    expect((await send(server, ["long.bin"], { cwd: home })).code).toBe(0)
    const { path } = await server.process.line("received")
    expect(readFileSync(String(path), "utf8")).toBe("short")

    await end(server)
    expect(server.files().map((name) => join(server.inbox, name))).toEqual([path])
  })
})

const longBytes = content(1_500_000)

const startSending = async ({ address, process }: Server): Promise<Running> => {
  const home = folder()
  writeFileSync(join(home, "a.bin"), longBytes)
  const sender = holub(["send", ...classic, "--to", address, "--json", "--fragment-size", "100", "a.bin"], {
    cwd: home
  })
  await process.line("started")
  return sender
}

const expectArrived = async (server: Server, sender: Running): Promise<void> => {
  const { code, lines } = await sender.ended
  expect(code).toBe(0)
  expect(lines).toMatchObject([{ type: "sent", name: "a.bin", confirmed: true }])
  expect(readFileSync(join(server.inbox, "a.bin")).equals(longBytes)).toBe(true)
  expect(server.files()).toEqual(["a.bin"])
}

const millis = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time))

/** Whether the system has stopped the process: that takes time after the signal. */
const isStopped = ({ child }: Running): boolean =>
  /^State:\s+T/m.test(readFileSync(`/proc/${child.pid}/status`, "utf8"))

const stop = async (program: Running): Promise<void> => {
  program.kill("SIGSTOP")
  while (!isStopped(program)) await millis(1)
}

/** The number of datagrams that the kernel dropped because the receive buffer of a server was full. */
const droppedBySystem = ({ port }: Server): number => {
  const hex = port.toString(16).toUpperCase().padStart(4, "0")
  const rows = readFileSync("/proc/net/udp", "utf8").split("\n").map((line) => line.trim().split(/\s+/))
  // By the local address: in the rows of its peers the same address is the remote one.
  return Number(rows.find(([, local]) => local === `0100007F:${hex}`)?.at(-1))
}

describe.concurrent.each(["server", "sender"] as const)(
  "a %s that is stopped in the middle of a file (S17, K2)",
  (which) => {
    it("continues after each of two stops, and the file arrives complete", async () => {
      const server = await serve()
      const sender = await startSending(server)
      const stopped = which === "server" ? server.process : sender
      await inTurn([1500, 500], async (time) => {
        await stop(stopped)
        await millis(time)
        stopped.kill("SIGCONT")
        await millis(20)
      })
      await expectArrived(server, sender)
    })
  }
)

describe.concurrent("a burst that overflows the kernel's receive buffer (W12)", () => {
  it("in the middle of a file is recovered as loss", async () => {
    const server = await serve()
    const sender = await startSending(server)
    await stop(server.process)
    const stranger = await Stranger.to(server.port)
    const datagram = encode({ sequence: 1, count: 9, size: 1458, type: frameType.DAT, data: Buffer.alloc(1445) })
    // Until the kernel has dropped enough.
    const burst = async (): Promise<void> => {
      await Promise.all(Array.from({ length: 500 }, () => stranger.raw(datagram)))
      if (droppedBySystem(server) < 5000) await burst()
    }
    await burst()
    // Time in which the frames of the sender are dropped too.
    await millis(300)
    server.process.kill("SIGCONT")
    await expectArrived(server, sender)
    expect(droppedBySystem(server)).toBeGreaterThanOrEqual(5000)
    expect(stranger.received).toEqual([])
  })
})
