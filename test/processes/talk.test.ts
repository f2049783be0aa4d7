/** `holub talk` as a process, against plain sockets. */
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { createServer, type Server } from "node:net"
import { afterEach, expect, it } from "vitest"
import { holub, tidy } from "./holub.ts"

afterEach(tidy)

it("a datagram is shown, and reported with --json; with --once it is the last one", async () => {
  const socket = createSocket("udp4")
  const received: Array<unknown> = []
  for (const flags of [["--json"], []]) {
    const talk = holub(["talk", "--listen", "0", "--once", ...flags], { hasEndlessInput: true })
    const isJson = flags.length > 0
    const port = isJson
      ? Number((await talk.line("listening"))["port"])
      : Number(await talk.until(({ stderr }) => /^peer listens at 127\.0\.0\.1:(\d+) \(udp\)$/m.exec(stderr)?.[1]))
    socket.send("hello", port, "127.0.0.1")
    const { code, lines, stdout } = await talk.ended
    expect(code).toBe(0)
    received.push(isJson ? lines.slice(1) : stdout)
  }
  const peer = `127.0.0.1:${socket.address().port}`
  expect(received).toMatchObject([
    [{ type: "received", app: "peer", transport: "udp", peer, bytes: 5, text: "hello" }],
    `${peer}: hello\n`
  ])
  socket.close()
})

it("a plain program is answered at the port that it has used", async () => {
  const socket = createSocket("udp4").bind(0, "127.0.0.1")
  await once(socket, "listening")
  const { port } = socket.address()
  const talk = holub(["talk", "--to", `127.0.0.1:${port}`], { input: "hello\n", hasEndlessInput: true })
  const [message, { port: own }] = await once(socket, "message")
  expect(String(message)).toBe("hello")
  socket.send("welcome", own, "127.0.0.1")
  await talk.until(() => talk.stdout === "welcome\n" ? true : undefined)
  socket.close()
  talk.kill("SIGTERM")
  expect((await talk.ended).code).toBe(143)
})

it("what is wrong is said before anything is opened", async () => {
  const { code, stderr } = await holub(["talk"]).ended
  expect([code, stderr]).toEqual([2, expect.stringContaining("talk needs --listen, --to or --group")])
})

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

it("join is over when the server ends, although standard input stays open", async () => {
  const server = createServer((connection) => connection.end("bye\n")).listen(0, "127.0.0.1")
  await once(server, "listening")
  const join = holub(["join", "--raw", `tcp://127.0.0.1:${portOf(server)}`], { hasEndlessInput: true })
  const { code, stdout } = await join.ended
  server.close()
  expect([code, stdout]).toEqual([0, "bye\n"])
})
