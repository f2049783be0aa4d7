/**
 * A world: builds hosts, network, disk and time from a script and runs them to the end, with the invariants of the
 * ledger. The caller chooses the programs on the hosts: cores only or the whole shell.
 */
import { Disk, isPart } from "./Disk.ts"
import { type ClientProgram, Host, type Program, type Runtime } from "./Host.ts"
import { Ledger, Violation } from "./Ledger.ts"
import { type Direction, Network } from "./Network.ts"
import type { ClientScript, Fault, Script, ServerScript } from "./Script.ts"
import { ServerDisk } from "./ServerDisk.ts"
import { Timeline } from "./Timeline.ts"

/** Called for each line of the trace. */
export type OnDatagram = (at: number, client: number, direction: Direction, bytes: Uint8Array, status: string) => void

/** Creates the programs of the hosts. */
export interface Programs {
  readonly server: (
    script: ServerScript,
    network: Network,
    ledger: Ledger,
    disk: ServerDisk,
    runtime: Runtime
  ) => Program
  /** `receive` is the receive function of the program's host. */
  readonly client: (
    number: number,
    script: ClientScript,
    network: Network,
    ledger: Ledger,
    runtime: Runtime,
    receive: (bytes: Uint8Array, from: string) => void
  ) => ClientProgram
}

/** The result of a run. */
export interface Run {
  readonly violation: Violation | undefined
  readonly events: number
  readonly virtualMillis: number
  /** The number of faults of each kind. */
  readonly faults: ReadonlyMap<string, number>
  /** The number of messages with each outcome. */
  readonly outcomes: ReadonlyMap<string, number>
  readonly messages: ReadonlyArray<string>
}

/** Six times the number that the largest worlds need. */
const maxEvents = 300_000

/** Runs a script to its end or to the first violation. */
export const run = (script: Script, programs: Programs, onDatagram?: OnDatagram): Run => {
  const world = new World(script, programs, onDatagram)
  let violation: Violation | undefined
  try {
    world.run()
  } catch (cause) {
    // A defect of the program counts as a violation.
    violation = cause instanceof Violation
      ? cause
      : new Violation("no defect", cause instanceof Error ? (cause.stack ?? cause.message) : String(cause))
  }
  return world.result(violation)
}

class World {
  readonly #script: Script
  readonly #programs: Programs
  readonly #timeline = new Timeline()
  readonly #ledger: Ledger
  readonly #network: Network
  readonly #disk = new Disk()
  readonly #serverDisk: ServerDisk
  readonly #serverHost: Host
  readonly #clientHosts: ReadonlyArray<Host>
  readonly #clients: Array<ClientProgram> = []
  #server: Program | undefined
  readonly #faults = new Map<string, number>()
  #faultsUntil = 0

  constructor(script: Script, programs: Programs, onDatagram: OnDatagram | undefined) {
    this.#script = script
    this.#programs = programs
    this.#ledger = new Ledger(script)
    this.#network = new Network(this.#timeline, script, {
      onFault: (kind) => this.#count(kind),
      onDatagram: onDatagram &&
        ((client, direction, bytes, status) => onDatagram(this.#timeline.now, client, direction, bytes, status))
    })
    this.#serverDisk = new ServerDisk(this.#disk, script, (kind) => this.#count(kind))
    this.#serverHost = new Host(this.#timeline, "the server")
    this.#clientHosts = script.clients.map((_, number) => new Host(this.#timeline, `client ${number}`))
    this.#startServer()
    for (const [number, client] of script.clients.entries()) {
      this.#timeline.at(client.startMillis, () => this.#startClient(number, client))
    }
    for (const fault of script.faults) this.#plan(fault)
  }

  run(): void {
    this.#runOut()
    this.#checkEnd()
    for (const program of this.#programsLeft) program.stop?.()
    this.#runOut()
    const remaining = this.#programsLeft.map((program) => program.leak?.()).find((leak) => leak !== undefined)
    if (remaining !== undefined) throw new Violation("nothing remains", remaining)
  }

  get #programsLeft(): ReadonlyArray<Program> {
    return [this.#server, ...this.#clients].filter((program) => program !== undefined)
  }

  #runOut(): void {
    while (this.#timeline.step()) {
      if (this.#timeline.events > maxEvents) {
        throw new Violation("it ends", `the world has not ended after ${maxEvents} events`)
      }
    }
  }

  result(violation: Violation | undefined): Run {
    const outcomes = new Map<string, number>()
    const messages = this.#ledger.sent.flat().map((message) => {
      const outcome = message.outcome ?? (message.isAnnounced ? "undecided" : "not sent")
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      return `client ${message.client}, message ${message.index} (${message.kind}, ${message.content.length} bytes): ${outcome}, ${
        message.arrivals === 1
          ? "arrived"
          : message.arrivals === 0
          ? "not arrived"
          : `arrived ${message.arrivals} times`
      }`
    })
    const { events, now: virtualMillis } = this.#timeline
    return { violation, events, virtualMillis, faults: this.#faults, outcomes, messages }
  }

  #startServer(): void {
    const { server } = this.#script
    this.#server = this.#serverHost.start((runtime) =>
      this.#programs.server(server, this.#network, this.#ledger, this.#serverDisk, runtime)
    )
    this.#network.serve((bytes, from) => this.#serverHost.receive(bytes, from))
  }

  #startClient(number: number, script: ClientScript): void {
    const host = this.#clientHosts[number]
    if (host === undefined) return
    const receive = (bytes: Uint8Array, from: string): void => host.receive(bytes, from)
    this.#clients[number] = host.start((runtime) =>
      this.#programs.client(number, script, this.#network, this.#ledger, runtime, receive)
    )
  }

  #plan(fault: Fault): void {
    if (!("at" in fault)) return
    this.#timeline.at(fault.at, () => this.#apply(fault))
  }

  #apply(fault: Extract<Fault, { readonly at: number }>): void {
    if ("stranger" in fault) {
      const bytes = "bytes" in fault
        ? new Uint8Array(Buffer.from(fault.bytes, "hex"))
        : this.#network.overheard(fault.overheard.link, fault.overheard.nth)
      if (bytes !== undefined && !("to" in fault)) this.#network.sendStray(fault.stranger, bytes)
    } else if ("rebind" in fault) {
      const client = this.#clients[fault.rebind]
      if (client?.rebind !== undefined && !client.isDone) {
        client.rebind()
        this.#ledger.receiverChanged(fault.rebind)
        this.#count("address changed")
      }
    } else if ("pause" in fault) {
      this.#hostOf(fault.pause)?.pause(fault.millis)
      this.#count("pause")
      this.#faultsUntil = Math.max(this.#faultsUntil, fault.at + fault.millis)
    } else if ("crash" in fault) this.#crash(fault)
    else if ("wallClock" in fault) {
      for (const program of this.#programsLeft) program.wallClockMillis = fault.wallClock
      this.#count("clock set")
    }
  }

  #crash(fault: Extract<Fault, { readonly crash: unknown }>): void {
    const host = this.#hostOf(fault.crash)
    if (host === undefined || !host.isUp) return
    this.#count(`crash of ${fault.crash === "server" ? "the server" : "a client"}`)
    host.crash()
    if (fault.crash !== "server") {
      const open = this.#ledger.sent[fault.crash]?.find(({ isAnnounced, outcome }) =>
        isAnnounced && outcome === undefined
      )
      if (open !== undefined) this.#ledger.reported(open, "crashed")
      delete this.#clients[fault.crash]
      return
    }
    this.#network.serve(undefined)
    this.#disk.crash(fault.keeps)
    this.#ledger.serverCrashed(this.#disk)
    this.#timeline.after(fault.downMillis, () => this.#startServer())
  }

  #hostOf(host: "server" | number): Host | undefined {
    return host === "server" ? this.#serverHost : this.#clientHosts[host]
  }

  #count(kind: string): void {
    this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1)
    this.#faultsUntil = Math.max(this.#faultsUntil, this.#timeline.now)
  }

  /** Checks the state when no action is planned. */
  #checkEnd(): void {
    const open = this.#ledger.sent.flat().find((message) => message.isAnnounced && message.outcome === undefined)
    if (open !== undefined) {
      throw new Violation(
        "no deadlock",
        `message ${open.index} of client ${open.client} has no outcome, and no action is planned`
      )
    }
    const waiting = this.#clients.find((client) => client !== undefined && !client.isDone)
    if (waiting !== undefined) {
      throw new Violation("no deadlock", "a client has messages to send, and no action is planned")
    }
    if (this.#script.server.program === "ours") this.#ledger.checkDisk(this.#disk)
    this.#checkDelivery()
    this.#checkParts()
    this.#checkBound()
  }

  #checkDelivery(): void {
    if (!this.#script.delivers) return
    const missing = this.#ledger.sent.flat().find(({ arrivals, outcome }) =>
      arrivals !== 1 || (outcome !== "confirmed" && outcome !== "unconfirmed")
    )
    if (missing === undefined) return
    const { arrivals, client, index, outcome = "not sent" } = missing
    throw new Violation("everything arrives", `message ${index} of client ${client}: ${outcome}, ${arrivals} arrivals`)
  }

  #checkParts(): void {
    if (this.#script.faults.some((fault) => "crash" in fault)) return
    const part = [...this.#disk.names.keys()].find(isPart)
    if (part !== undefined) throw new Violation("nothing remains", `the part "${part}" remains`)
  }

  /** Checks that the world has ended in bounded time after the last fault. */
  #checkBound(): void {
    const bound = this.#faultsUntil + workMillis(this.#script) + 120_000
    if (this.#timeline.now <= bound) return
    throw new Violation("it ends", `the world ended at ${this.#timeline.now} ms, expected at most ${bound} ms`)
  }
}

/** An upper bound for the duration of all messages without faults, in milliseconds. */
const workMillis = ({ clients, server }: Script): number =>
  Math.max(
    ...clients.map(({ delayMillis, messages, program, startMillis }) =>
      messages.reduce((millis, { bytes, fragmentSize, nameBytes = 0, readMillis = 0, restMillis }) => {
        const frames = 4 + Math.ceil(bytes / fragmentSize) + Math.ceil((nameBytes + 20) / fragmentSize)
        const perFrame = 2 * delayMillis + readMillis + (program === "ours" ? 0 : 1)
        return millis + restMillis + frames * perFrame + 10 * server.diskMillis + 5000
      }, startMillis)
    )
  )
