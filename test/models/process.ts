/** Runs either model over node:dgram. Tests bundle this module to run a model as a process. */
import { createSocket, type Socket } from "node:dgram"
import { once } from "node:events"
import { isIP } from "node:net"
import type { ExistingClient } from "./ExistingClient.ts"
import { ExistingServer, type ServerOptions } from "./ExistingServer.ts"

const open = (host: string): Socket => createSocket(isIP(host) === 6 ? "udp6" : "udp4")

/** A timer for the deadline of a model. */
const alarm = (due: () => number, onDue: (now: number) => void) => {
  let timer: NodeJS.Timeout | undefined
  const set = (): void => {
    clearTimeout(timer)
    const left = due() - performance.now()
    if (left === Infinity) return
    timer = setTimeout(() => {
      // A timer may fire slightly early; then it is only set again.
      const now = performance.now()
      if (now >= due()) onDue(now)
      set()
    }, Math.max(0, Math.ceil(left)))
  }
  return { set, stop: () => clearTimeout(timer) }
}

export interface RunningServer {
  readonly model: ExistingServer
  readonly port: number
  readonly close: () => Promise<void>
}

/** Runs a server until it is closed. `onChange` is called after every datagram and deadline. */
export const runServer = async (
  options: ServerOptions & {
    /** 0 for any free port. */
    readonly port: number
    readonly host: string
    readonly onChange?: (model: ExistingServer) => void
  }
): Promise<RunningServer> => {
  const model = new ExistingServer(options)
  const socket = open(options.host)
  const changed = (): void => options.onChange?.(model)
  const clock = alarm(() => model.deadline, (now) => {
    model.timeout(now)
    changed()
  })
  socket.on("message", (datagram, from) => {
    for (const answer of model.receive(datagram, `${from.address}:${from.port}`, performance.now())) {
      socket.send(answer, from.port, from.address)
    }
    clock.set()
    changed()
  })
  socket.bind(options.port, options.host)
  await once(socket, "listening")
  return {
    model,
    port: socket.address().port,
    close: async () => {
      clock.stop()
      socket.close()
      await once(socket, "close")
    }
  }
}

export interface RunningClient {
  readonly model: ExistingClient
  /** Reads the model's deadline again: to be called after sendText, sendFile and leave. */
  readonly wake: () => void
  readonly close: () => Promise<void>
}

/** Runs a client, with any queued messages, against the server at host and port. */
export const runClient = async (options: {
  readonly model: ExistingClient
  readonly port: number
  readonly host: string
  readonly onChange?: (model: ExistingClient) => void
}): Promise<RunningClient> => {
  const { model } = options
  const socket = open(options.host)
  const send = (datagrams: ReadonlyArray<Uint8Array>): void => {
    for (const datagram of datagrams) socket.send(datagram, options.port, options.host)
    options.onChange?.(model)
  }
  const clock = alarm(() => model.deadline, (now) => send(model.timeout(now)))
  socket.on("message", (datagram) => {
    send(model.receive(datagram, performance.now()))
    clock.set()
  })
  socket.bind(0)
  await once(socket, "listening")
  clock.set()
  return {
    model,
    wake: clock.set,
    close: async () => {
      clock.stop()
      socket.close()
      await once(socket, "close")
    }
  }
}
