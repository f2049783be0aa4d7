/** A peer without a protocol core: sends the frames that a test composes, and collects the answers. */
import { createSocket, type Socket } from "node:dgram"
import { once } from "node:events"
import { decode, encode, type Frame, frameType } from "../models/frames.ts"

/**
 * Time before a frame is repeated, in milliseconds. Loopback loses a datagram only when a buffer is full. A repeat
 * while the answer is in transit would cause a second answer, which a later request must not accept as its own.
 */
const repeatMillis = 5000

const strangers = new Set<Stranger>()

/** Closes all of them; for `afterEach`. */
export const dismiss = (): void => {
  for (const stranger of strangers) stranger.close()
}

type Sendable = Parameters<typeof encode>[0]

const { ACK, DAT, FIN, INF, KPA } = frameType

export interface Announced {
  readonly kind: "T" | "F"
  /** The fragments of the name. */
  readonly name?: ReadonlyArray<Uint8Array>
  readonly content: ReadonlyArray<Uint8Array>
  /** The number of fragments in the announcement, instead of the true one. */
  readonly count?: number
}

/** The frames of a message: its INF and its DATs. */
export const framesOf = ({ content, count, kind, name = [] }: Announced): ReadonlyArray<Sendable> => {
  const pieces = [...name, ...content]
  const total = count ?? pieces.length
  return [
    { sequence: name.length, count: total, size: 1458, type: INF, data: Buffer.from(kind) },
    ...pieces.map((data, index) => ({ sequence: index + 1, count: total, size: data.length + 13, type: DAT, data }))
  ]
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

export const finFrame: Sendable = { sequence: 0, count: 0, size: 13, type: FIN }
export const keepAliveFrame: Sendable = { sequence: 0, count: 0, size: 13, type: KPA }

export class Stranger {
  readonly received: Array<Frame> = []
  readonly #socket: Socket
  readonly #port: number
  readonly #waiting = new Set<() => void>()

  static async to(port: number): Promise<Stranger> {
    const socket = createSocket("udp4")
    socket.bind(0, "127.0.0.1")
    await once(socket, "listening")
    return new Stranger(socket, port)
  }

  private constructor(socket: Socket, port: number) {
    this.#socket = socket
    this.#port = port
    strangers.add(this)
    socket.on("message", (datagram) => {
      const frame = decode(datagram)
      if (frame !== undefined) this.received.push(frame)
      for (const watch of this.#waiting) watch()
    })
  }

  /** Resolves when the system has accepted the datagram. */
  raw(datagram: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(datagram, this.#port, "127.0.0.1", (error) => error === null ? resolve() : reject(error))
    })
  }

  send(frame: Sendable): Promise<void> {
    return this.raw(encode(frame))
  }

  /** The next answer within `millis`, or undefined for silence. */
  answer(millis: number): Promise<Frame | undefined> {
    const before = this.received.length
    return this.#until(() => this.received[before], millis)
  }

  /** Sends a frame, and repeats it, until it is answered; FIN is an answer to any frame. */
  async ask(frame: Sendable): Promise<Frame> {
    const isAnswer = ({ count, data, sequence, type }: Frame): boolean =>
      type === FIN ||
      (sequence === frame.sequence && count === frame.count && data.length === (frame.type === INF ? 1 : 0))
    const before = this.received.length
    await this.send(frame)
    const answer = await this.#until(() => this.received.slice(before).find(isAnswer), repeatMillis)
    return answer ?? this.ask(frame)
  }

  /** Sends a message up to the first answer that is not ACK, and returns the type of the last answer. */
  offer(message: Announced): Promise<number> {
    return this.#offer(framesOf(message))
  }

  async #offer(frames: ReadonlyArray<Sendable>, at = 0): Promise<number> {
    const frame = frames[at]
    if (frame === undefined) return ACK
    const { type } = await this.ask(frame)
    return type === ACK ? this.#offer(frames, at + 1) : type
  }

  #until(look: () => Frame | undefined, millis: number): Promise<Frame | undefined> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(watch)
        resolve(look())
      }
      const watch = (): void => {
        if (look() !== undefined) finish()
      }
      const timer = setTimeout(finish, millis)
      this.#waiting.add(watch)
      watch()
    })
  }

  close(): void {
    if (strangers.delete(this)) this.#socket.close()
  }
}
