/** The program on one wire, its peer on the other: an error with the right command, and no wire but the one that was asked for. */
import { afterEach, describe, expect, it } from "vitest"
import { send, sendClassic, serve, serveClassic, type Server, tidy } from "./holub.ts"

afterEach(tidy)

const text = ["--text", "ahoj"]

/** What a server has told of peers and messages. */
const toldBy = ({ process }: Server) => process.lines.filter(({ type }) => type !== "listening" && type !== "dropped")

describe("a sender that names no wire, at a server of classic", () => {
  it("fails with the flags for that server, and sends nothing over classic (C8)", async () => {
    const server = await serveClassic()
    const { code, lines } = await send(server, text)
    expect(code).toBe(3)
    expect(lines).toMatchObject([
      { type: "error", code: "Silent", exitCode: 3, hint: `try --wire classic --to ${server.address}` }
    ])
    expect([toldBy(server), server.files()]).toEqual([[], []])
    expect((await sendClassic(server, text)).code).toBe(0)
    expect(await server.process.line("received")).toMatchObject({ text: "ahoj" })
  })
})

describe("a sender over classic, at a server that names no wire", () => {
  it("is refused, with the flags for that server, and nothing arrives (C8)", async () => {
    const server = await serve()
    const { code, lines } = await sendClassic(server, text)
    expect(code).toBe(6)
    expect(lines).toMatchObject([
      { code: "Declined", exitCode: 6, hint: expect.stringMatching(`: try --wire flock --to ${server.address}$`) }
    ])
    expect(toldBy(server)).toEqual([])
    expect((await send(server, text)).code).toBe(0)
    expect(await server.process.line("received")).toMatchObject({ text: "ahoj" })
  })
})
