/** Our client on a host of the simulation: the production core and an application that sends the script's messages. */
import { crc32 } from "node:zlib"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import * as Fragments from "../../src/protocol/classic/Fragments.ts"
import type { SenderEvent } from "../../src/protocol/classic/Sender.ts"
import { Sender } from "../../src/protocol/classic/Sender.ts"
import * as Timing from "../../src/transport/Timing.ts"
import { decode, frameType } from "../models/frames.ts"
import type { ClientProgram, Runtime } from "./Host.ts"
import { type Ledger, type Outcome, type Sent, Violation } from "./Ledger.ts"
import { addressOf, type Network } from "./Network.ts"
import type { ClientScript } from "./Script.ts"

/** Fragments in a block of the source. */
const blockFragments = 20
/** How long a client stays connected after its last message, to send keep-alives. */
const stayMillis = 12_000

/** A client that runs the production `Sender`. */
export class OurClient implements ClientProgram {
  readonly #number: number
  readonly #script: ClientScript
  readonly #network: Network
  readonly #ledger: Ledger
  readonly #runtime: Runtime
  #core: Sender
  #incarnation = -1
  #address = ""
  #disconnect = (): void => {}
  #next = 0
  #message: Sent | undefined
  #plan: Fragments.Plan | undefined
  readonly #earlier: Array<Fragments.Plan> = []
  #offered = 0
  #isReading = false
  /** The header of the last sent DAT or INF, to detect retransmissions without a reason. */
  #lastSent = ""
  readonly #target = new Uint8Array(Frame.maxFrameBytes)

  /** The receive function of this program's host. */
  readonly #receive: (bytes: Uint8Array, from: string) => void

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
    this.#receive = receive
    this.#core = this.#connect()
    this.#scheduleNext()
  }

  get deadline(): number {
    return this.#core.deadline
  }

  get isDone(): boolean {
    return this.#message === undefined && (this.#core.isClosed || this.#next >= this.#script.messages.length)
  }

  receive(bytes: Uint8Array): void {
    this.#core.handleDatagrams([bytes], this.#runtime.now())
    this.#turn(decode(bytes)?.type === frameType.NACK)
  }

  timeout(): void {
    this.#core.handleTimeout(this.#runtime.now())
    this.#turn(true)
  }

  rebind(): void {
    this.#disconnect()
    this.#address = addressOf(this.#number, ++this.#incarnation)
    this.#disconnect = this.#network.connect(this.#number, this.#address, this.#receive, () => {})
  }

  /** Opens a connection at a new address. */
  #connect(): Sender {
    this.#plan = undefined
    this.rebind()
    return new Sender({ crc32, dialect: this.#script.dialect, timing: Timing.classic }, this.#runtime.now())
  }

  #scheduleNext(): void {
    const script = this.#script.messages[this.#next]
    if (script !== undefined) this.#runtime.after(script.restMillis, () => this.#begin())
    else if (this.#script.ending === "leave") this.#leave()
    else if (this.#script.ending === "stay") this.#runtime.after(stayMillis, () => this.#leave())
    else this.#disconnect()
  }

  #leave(): void {
    this.#core.leave()
    this.#turn(true)
    this.#disconnect()
  }

  #begin(): void {
    if (this.#core.isClosed) return
    const script = this.#script.messages[this.#next]
    if (script === undefined) return
    const message = this.#ledger.announced(this.#number, this.#next++)
    const name = new TextEncoder().encode(message.name)
    const plan = Fragments.planAfter(this.#earlier, message.kind, name, message.content.length, script.fragmentSize)
    if ("_tag" in plan) throw new Error(`the script's message cannot be sent: ${plan._tag}`)
    this.#message = message
    this.#plan = plan
    this.#earlier.push(plan)
    this.#offered = 0
    this.#isReading = false
    this.#core.announce(
      plan,
      plan.nameFragments === 0 ? [] : Fragments.cut(name, plan.fragmentSize),
      this.#runtime.now()
    )
    this.#turn(true)
  }

  /** Transmits, handles events, offers content. `mayRepeat`: whether there is a reason to retransmit a frame. */
  #turn(mayRepeat: boolean): void {
    this.#transmit(mayRepeat)
    for (const event of this.#core.pollEvents()) this.#onEvent(event)
    if (this.#core.wantsContent && !this.#isReading) this.#read()
  }

  #transmit(mayRepeat: boolean): void {
    for (;;) {
      const length = this.#core.pollTransmit(this.#target, this.#runtime.now())
      if (length === 0) return
      const bytes = this.#target.slice(0, length)
      const isOfMessage = bytes[8] === frameType.INF || bytes[8] === frameType.DAT
      if (isOfMessage) {
        const header = `${this.#next} ${bytes.subarray(0, 9).join()}`
        if (header === this.#lastSent && !mayRepeat) {
          throw new Violation(
            "no repeat without a reason",
            `client ${this.#number} retransmits a frame without a reason`
          )
        }
        this.#lastSent = header
      }
      this.#network.sendUp(this.#number, this.#address, bytes)
    }
  }

  #read(): void {
    const millis = this.#script.messages[this.#next - 1]?.readMillis ?? 0
    if (millis === 0) return this.#offer()
    this.#isReading = true
    this.#runtime.after(millis, () => {
      this.#isReading = false
      if (this.#core.wantsContent) this.#offer()
    })
  }

  #offer(): void {
    const message = this.#message
    const plan = this.#plan
    if (message === undefined || plan === undefined) return
    const end = this.#offered + plan.fragmentSize * blockFragments
    const fragments = Fragments.cut(message.content.subarray(this.#offered, end), plan.fragmentSize)
    this.#offered = end
    this.#core.offer(fragments, this.#runtime.now())
    this.#turn(true)
  }

  #onEvent(event: SenderEvent): void {
    switch (event._tag) {
      case "Connected":
        return
      case "Delivered":
        this.#report(event.confirmed ? "confirmed" : "unconfirmed")
        return this.#scheduleNext()
      case "Declined":
        this.#report("declined")
        // The peer has closed this connection; the next message uses a new one.
        this.#disconnect()
        this.#core = this.#connect()
        return this.#scheduleNext()
      case "Ended":
      case "Lost":
        this.#report(event._tag === "Ended" ? "ended" : "lost")
        return this.#disconnect()
    }
  }

  #report(outcome: Outcome): void {
    const message = this.#message
    this.#message = undefined
    if (message !== undefined) this.#ledger.reported(message, outcome)
  }
}
