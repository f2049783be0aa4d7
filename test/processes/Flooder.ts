/**
 * A program that sends hostile datagrams to a server at a steady pace, from many ports and addresses of this machine, and
 * prints at its end how many the system accepted, and at which rate. Arguments: the kind (`everything`, or
 * `nameless`: announcements of files without a name), the port, the number of datagrams, and datagrams per second.
 */
import { createSocket, type Socket } from "node:dgram"
import { once } from "node:events"
import { encode, frameType } from "../models/frames.ts"

const [what, ...numbers] = process.argv.slice(2)
const [port = 0, total = 0, perSecond = 1] = numbers.map(Number)
const { ACK, DAT, FIN, INF, KPA, NACK } = frameType

/** Sources whose announcements are valid, so that the server remembers each; fewer than it has room for. */
const announcing = what === "nameless" ? 100 : 600
/** Sources whose datagrams open no connection. */
const noisy = 200

/** Xorshift: the same datagrams in every run. */
let state = 0x9e37_79b9
const chance = (): number => {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) / 2 ** 32
}
const below = (limit: number): number => Math.floor(chance() * limit)
const randomBytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => below(256))

const frame = (type: number, sequence: number, count: number, data = "", crc?: number): Uint8Array =>
  encode({
    type,
    sequence,
    count,
    size: 13 + data.length,
    data: Buffer.from(data),
    ...(crc === undefined ? {} : { crc })
  })

const pick = <A>(items: ReadonlyArray<A>): A => {
  const item = items[below(items.length)]
  if (item === undefined) throw new Error("nothing to pick from")
  return item
}

/** Datagrams of each kind, composed once: at this rate there is no time to compose them. */
const many = (make: (index: number) => Uint8Array): ReadonlyArray<Uint8Array> =>
  Array.from({ length: 500 }, (_, index) => make(index))

const noise = {
  empty: many(() => new Uint8Array(0)),
  short: many((index) => randomBytes(1 + index % 12)),
  random: many(() => randomBytes(13 + below(1446))),
  oversized: many((index) => index < 20 ? randomBytes(5794 + below(50_000)) : randomBytes(5794)),
  almostAnnouncements: many((index) => frame(INF, index % 3, 0xff_ff_ff, "F", below(2 ** 32))),
  fragmentsOfNothing: many(() => frame(DAT, 1 + below(1000), 1000, "of no transfer")),
  damagedFragments: many(() => frame(DAT, 1 + below(1000), 1000, "of no transfer", 1)),
  answers: many((index) => frame(pick([ACK, NACK]), index, index)),
  farewells: many(() => frame(FIN, 0, 0)),
  unknown: many((index) => frame(6 + index % 250, index, index, "?"))
}
/** From peers that are known to the server: announcements, each of which abandons the one before, and fragments of them. */
const mischief = what === "nameless" ? many((index) => frame(INF, 0, 2 + index, "F")) : [
  ...many(() => frame(INF, 1, 2 + below(0xff_ff_fd), "F")),
  ...many(() => frame(DAT, 1 + below(3), 2 + below(1000), "half a name")),
  ...many(() => frame(DAT, 1 + below(3), 2 + below(1000), "damaged", 1)),
  ...many(() => frame(KPA, 0, 0))
]
const all = Object.values(noise)

const open = async (index: number): Promise<Socket> => {
  const socket = createSocket("udp4")
  // Sources differ by address, not only by port.
  socket.bind(0, `127.0.0.${1 + index % 200}`)
  await once(socket, "listening")
  socket.unref()
  return socket
}

const sockets = await Promise.all(Array.from({ length: announcing + noisy }, (_, index) => open(index)))
const announcers = sockets.slice(0, announcing)
const strangers = sockets.slice(announcing)

let answers = 0
for (const socket of strangers) socket.on("message", () => answers++)

let sent = 0
const startedAt = performance.now()
const send = (socket: Socket, datagram: Uint8Array): void => {
  socket.send(datagram, port, "127.0.0.1", (error) => {
    if (error === null) sent++
  })
}

const sendDue = (already: number): void => {
  const due = Math.min(total, Math.floor((performance.now() - startedAt) * perSecond / 1000))
  for (let index = already; index < due; index++) {
    if (what === "nameless" || index % 4 === 0) send(pick(announcers), pick(mischief))
    else send(pick(strangers), pick(pick(all)))
  }
  if (due < total) setTimeout(sendDue, 1, due)
  else setTimeout(leave, 100, performance.now() - startedAt, 5)
}

/** Ends the connections, which the server would keep for 45 s; several times, since its receive buffer may still be full. */
const leave = (millis: number, times: number): void => {
  for (const socket of announcers) socket.send(frame(FIN, 0, 0), port, "127.0.0.1")
  if (times > 1) setTimeout(leave, 200, millis, times - 1)
  else process.stdout.write(`${JSON.stringify({ sent, perSecond: Math.round(sent / millis * 1000), answers })}\n`)
}

sendDue(0)
