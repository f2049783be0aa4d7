/** Our server on a host of the simulation: one production core for each peer, and an application with a disk. */
import { crc32 } from "node:zlib"
import { isAdmitted } from "../../src/protocol/classic/Admission.ts"
import { maxFrameBytes } from "../../src/protocol/classic/ClassicFrame.ts"
import { Receiver } from "../../src/protocol/classic/Receiver.ts"
import type { ReceiverEvent } from "../../src/protocol/classic/ReceiverEvents.ts"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import * as Timing from "../../src/transport/Timing.ts"
import { frameType } from "../models/frames.ts"
import type { Program, Runtime } from "./Host.ts"
import { type Ledger, Violation } from "./Ledger.ts"
import { clientOf, type Network } from "./Network.ts"
import { Reception } from "./Reception.ts"
import type { ServerScript } from "./Script.ts"
import type { ServerDisk } from "./ServerDisk.ts"

interface Peer {
  readonly core: Receiver
  /** By serial number of the message. */
  readonly receptions: Map<number, Reception>
  /** Received datagrams that were not answered yet. */
  unanswered: number
}

/** A server that runs the production `Receiver`. */
export class OurServer implements Program {
  readonly #script: ServerScript
  readonly #network: Network
  readonly #ledger: Ledger
  readonly #disk: ServerDisk
  readonly #runtime: Runtime
  readonly #peers = new Map<string, Peer>()
  readonly #target = new Uint8Array(maxFrameBytes)
  #isDraining = false

  constructor(script: ServerScript, network: Network, ledger: Ledger, disk: ServerDisk, runtime: Runtime) {
    this.#script = script
    this.#network = network
    this.#ledger = ledger
    this.#disk = disk
    this.#runtime = runtime
    if (script.drainAtMillis !== undefined) {
      runtime.after(Math.max(0, script.drainAtMillis - runtime.now()), () => this.#drain())
    }
  }

  get deadline(): number {
    let deadline = Infinity
    for (const { core } of this.#peers.values()) deadline = Math.min(deadline, core.deadline)
    return deadline
  }

  leak(): string | undefined {
    return this.#peers.size === 0 ? undefined : `the server still remembers ${this.#peers.size} peers`
  }

  receive(bytes: Uint8Array, from: string): void {
    const peer = this.#peers.get(from) ?? this.#admit(bytes, from)
    if (peer === undefined) return
    peer.unanswered++
    peer.core.handleDatagrams([bytes], this.#runtime.now())
    this.#turn(from, peer)
  }

  timeout(): void {
    const now = this.#runtime.now()
    for (const [from, peer] of this.#peers) {
      if (peer.core.deadline > now) continue
      peer.core.handleTimeout(now)
      this.#turn(from, peer)
    }
  }

  #admit(bytes: Uint8Array, from: string): Peer | undefined {
    if (this.#isDraining || this.#peers.size >= Limits.peers || !isAdmitted(bytes, crc32)) return undefined
    const core = new Receiver({ crc32, timing: Timing.classic }, this.#runtime.now())
    const peer = { core, receptions: new Map<number, Reception>(), unanswered: 0 }
    this.#peers.set(from, peer)
    return peer
  }

  #drain(): void {
    this.#isDraining = true
    for (const [from, peer] of this.#peers) {
      peer.core.leave()
      this.#turn(from, peer)
    }
  }

  #turn(from: string, peer: Peer): void {
    for (let events = peer.core.pollEvents(); events.length > 0; events = peer.core.pollEvents()) {
      for (const event of events) this.#onEvent(from, peer, event)
    }
    for (;;) {
      const length = peer.core.pollTransmit(this.#target, this.#runtime.now())
      if (length === 0) break
      const bytes = this.#target.slice(0, length)
      if (bytes[8] !== frameType.FIN && --peer.unanswered < 0) {
        throw new Violation(
          "each datagram is answered once",
          `the server sends more answers to ${from} than it received datagrams`
        )
      }
      this.#network.sendDown(from, bytes)
    }
    if (peer.core.isClosed && peer.receptions.size === 0) this.#peers.delete(from)
  }

  #onEvent(from: string, peer: Peer, event: ReceiverEvent): void {
    if (event._tag === "Opened") {
      const client = clientOf(from)
      if (client === undefined) return peer.core.refuse(event.serial, this.#runtime.now())
      const reception = new Reception(this.#ledger, this.#disk, this.#runtime, {
        client,
        from,
        kind: event.kind,
        name: new TextDecoder().decode(event.name),
        quotaBytes: this.#script.quotaBytes ?? Infinity,
        written: (bytes) => peer.core.written(event.serial, bytes),
        accept: () => peer.core.accept(event.serial, this.#runtime.now()),
        refuse: () => peer.core.refuse(event.serial, this.#runtime.now()),
        onEnd: () => peer.receptions.delete(event.serial),
        turn: () => this.#turn(from, peer)
      })
      peer.receptions.set(event.serial, reception)
      return
    }
    if (!("serial" in event)) return
    const reception = peer.receptions.get(event.serial)
    if (event._tag === "Block") reception?.block(event.bytes)
    else if (event._tag === "Completed") reception?.complete()
    else reception?.abandon()
  }
}
