/**
 * A relay between one sender and a server. It counts the frames of the sender, so that a test can act at a chosen
 * frame.
 */
import { createSocket, type Socket } from "node:dgram"
import { once } from "node:events"

const relays = new Set<Relay>()

/** Closes all relays; for `afterEach`. */
export const closeRelays = (): void => {
  for (const relay of relays) relay.close()
}

const open = async (): Promise<Socket> => {
  const socket = createSocket("udp4")
  socket.bind(0, "127.0.0.1")
  await once(socket, "listening")
  // After the end of the server, frames get no answer, as from another machine.
  socket.on("error", () => undefined)
  return socket
}

export class Relay {
  /** `127.0.0.1:PORT`, for the sender. */
  readonly address: string
  readonly #front: Socket
  readonly #back: Socket

  /** `onFrame` is called with the number of each frame of the sender, from 1, when it was forwarded to the server. */
  static async to(port: number, onFrame: (number: number) => void): Promise<Relay> {
    return new Relay(await open(), await open(), port, onFrame)
  }

  private constructor(front: Socket, back: Socket, port: number, onFrame: (number: number) => void) {
    this.#front = front
    this.#back = back
    this.address = `127.0.0.1:${front.address().port}`
    relays.add(this)
    let sender = 0
    let frames = 0
    front.on("message", (frame, from) => {
      sender = from.port
      frames++
      const number = frames
      back.send(frame, port, "127.0.0.1", () => onFrame(number))
    })
    back.on("message", (answer) => front.send(answer, sender, "127.0.0.1"))
  }

  close(): void {
    if (!relays.delete(this)) return
    this.#front.close()
    this.#back.close()
  }
}
