/**
 * Adapts the models of the existing programs to hosts of the simulation. They use no disk: received messages are never
 * lost.
 */
import { ExistingClient as ClientModel } from "../models/ExistingClient.ts"
import { ExistingServer as ServerModel } from "../models/ExistingServer.ts"
import type { ClientProgram, Program, Runtime } from "./Host.ts"
import type { Ledger, Sent } from "./Ledger.ts"
import { addressOf, clientOf, type Network } from "./Network.ts"
import type { ClientScript } from "./Script.ts"

/** A client that runs the model of the existing client. */
export class ExistingClient implements ClientProgram {
  readonly #number: number
  readonly #script: ClientScript
  readonly #network: Network
  readonly #ledger: Ledger
  readonly #runtime: Runtime
  readonly #model: ClientModel
  readonly #disconnect: () => void
  #next = 0
  #message: Sent | undefined
  #delivered = 0

  constructor(
    number: number,
    script: ClientScript,
    network: Network,
    ledger: Ledger,
    runtime: Runtime,
    receive: (bytes: Uint8Array, from: string) => void
  ) {
    this.#number = number
    this.#script = script
    this.#network = network
    this.#ledger = ledger
    this.#runtime = runtime
    this.#model = new ClientModel({ dialect: script.dialect, copies: "first", repeats: 2 })
    this.#disconnect = network.connect(number, addressOf(number, 0), receive, () => {})
    this.#scheduleNext()
  }

  get deadline(): number {
    return this.#model.deadline
  }

  get isDone(): boolean {
    return this.#message === undefined && (this.#model.ended || this.#next >= this.#script.messages.length)
  }

  receive(bytes: Uint8Array): void {
    this.#turn(this.#model.receive(bytes, this.#runtime.now()))
  }

  timeout(): void {
    this.#turn(this.#model.timeout(this.#runtime.now()))
  }

  #scheduleNext(): void {
    const script = this.#script.messages[this.#next]
    if (script !== undefined) this.#runtime.after(script.restMillis, () => this.#begin())
    else if (this.#script.ending !== "vanish") this.#model.leave()
    else this.#disconnect()
  }

  #begin(): void {
    const script = this.#script.messages[this.#next]
    if (this.#model.ended || script === undefined) return
    const message = this.#ledger.announced(this.#number, this.#next++)
    this.#message = message
    if (message.kind === "file") this.#model.sendFile(message.name, message.content, script.fragmentSize)
    else this.#model.sendText(Buffer.from(message.content).toString("utf8"), script.fragmentSize)
    this.#turn([])
  }

  #turn(frames: ReadonlyArray<Uint8Array>): void {
    for (const frame of frames) this.#network.sendUp(this.#number, addressOf(this.#number, 0), frame.slice())
    const message = this.#message
    if (message === undefined) return
    if (this.#model.delivered > this.#delivered) {
      this.#delivered = this.#model.delivered
      this.#message = undefined
      this.#ledger.reported(message, "confirmed")
      this.#scheduleNext()
    } else if (this.#model.ended) {
      this.#message = undefined
      this.#ledger.reported(message, this.#model.ending === "peerLeft" ? "declined" : "lost")
    }
  }
}

/** A server that runs the model of the existing server. */
export class ExistingServer implements Program {
  readonly #network: Network
  readonly #ledger: Ledger
  readonly #runtime: Runtime
  readonly #model = new ServerModel({ idleTimeoutMillis: 45_000 })
  #received = 0

  constructor(network: Network, ledger: Ledger, runtime: Runtime) {
    this.#network = network
    this.#ledger = ledger
    this.#runtime = runtime
  }

  get deadline(): number {
    return this.#model.deadline
  }

  receive(bytes: Uint8Array, from: string): void {
    const answers = this.#model.receive(bytes, from, this.#runtime.now())
    for (const { bytes: content, kind, name = "" } of this.#model.received.slice(this.#received)) {
      const arrival = this.#ledger.opened(clientOf(from) ?? -1, kind, name)
      this.#ledger.block(arrival, content)
      this.#ledger.completed(arrival)
      this.#ledger.taken(arrival)
    }
    this.#received = this.#model.received.length
    for (const answer of answers) this.#network.sendDown(from, answer)
  }

  timeout(): void {
    this.#model.timeout(this.#runtime.now())
  }
}
