/** Datagrams that belong to no connection and open none, and a server that must not change by them. */
import { randomBytes } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "vitest"
import { encode, frameType } from "../models/frames.ts"
import { folder, inTurn, sendClassic as send, serveClassic as serve, type Server } from "./holub.ts"
import { Stranger } from "./Stranger.ts"

/** A datagram of one of eight kinds, by its index; none of them opens a connection. */
const noise = (index: number): Uint8Array => {
  const bytes = randomBytes(1 + (index % 40))
  switch (index % 8) {
    case 0:
      return bytes.subarray(0, index % 13)
    case 1:
      return randomBytes(1459 + (index % 7000))
    case 2:
      return encode({
        sequence: index,
        count: 0xff_ff_ff,
        size: 1458,
        type: frameType.INF,
        crc: 1,
        data: Buffer.from("F")
      })
    case 3:
      return encode({ sequence: 1, count: 1, size: 20, type: frameType.DAT, data: bytes })
    case 4:
      return encode({ sequence: 1, count: 1, size: 20, type: frameType.DAT, crc: index, data: bytes })
    case 5:
      return encode({ sequence: index, count: index, size: index % 65_536, type: index % 256, crc: 1, data: bytes })
    case 6:
      return encode({ sequence: 0, count: 0, size: 13, type: index % 2 === 0 ? frameType.NACK : frameType.FIN })
    default:
      return Buffer.concat([Buffer.alloc(8), Buffer.of(index % 256), bytes])
  }
}

/** Sends so many, as fast as the system accepts them. */
export const flood = (stranger: Stranger, datagrams: number): Promise<unknown> =>
  inTurn(
    Array(datagrams / 250).keys(),
    (batch) => Promise.all(Array.from({ length: 250 }, (_, index) => stranger.raw(noise(batch * 250 + index))))
  )

/** A file from our sender arrives. */
export const expectGoodFile = async (server: Pick<Server, "address" | "inbox">): Promise<void> => {
  const home = folder()
  writeFileSync(join(home, "good.txt"), "good")
  expect((await send(server, ["good.txt"], { cwd: home })).code).toBe(0)
  expect(readFileSync(join(server.inbox, "good.txt"), "utf8")).toBe("good")
}

/** A server that receives so many of them answers none and prints their rate alone, and a good file arrives afterwards. */
export const expectNoEffect = async (datagrams: number): Promise<void> => {
  const server = await serve()
  const stranger = await Stranger.to(server.port)
  await flood(stranger, datagrams)
  await expectGoodFile(server)
  await server.process.line("received")
  expect(stranger.received).toEqual([])
  const types = server.process.lines.map(({ type }) => type)
  expect(types.filter((type) => type === "dropped").length).toBeLessThan(20)
  expect(types.filter((type) => type !== "dropped").slice(0, 4)).toEqual([
    "listening",
    "connected",
    "started",
    "received"
  ])
  expect(server.process.stderr).toBe("")
}
