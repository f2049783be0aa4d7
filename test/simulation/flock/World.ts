/** A world of flock: hosts, paths and time from a script, run to its end under the promises of the ledger. */
import { Host } from "../Host.ts"
import { Violation } from "../Ledger.ts"
import { Random } from "../Random.ts"
import { Timeline } from "../Timeline.ts"
import type { OnDatagram, Run } from "../World.ts"
import { Session } from "./Ledger.ts"
import { Network } from "./Network.ts"
import { Client, Server } from "./Programs.ts"
import type { Fault, FlockScript } from "./Script.ts"

/** Several times what the largest worlds need. */
const mostEvents = 300_000
/** After the last fault, besides the time that the bytes take: sessions end that lost their peer, and timers that had grown. */
const patienceMillis = 120_000

export const run = (script: FlockScript, onDatagram?: OnDatagram): Run => new World(script, onDatagram).result()

class World {
  readonly #script: FlockScript
  readonly #timeline = new Timeline()
  readonly #network: Network
  readonly #sessions: ReadonlyArray<Session>
  readonly #serverHost: Host
  readonly #clientHosts: ReadonlyArray<Host>
  readonly #clients: Array<Client | undefined> = []
  readonly #server: Server
  readonly #faults = new Map<string, number>()
  readonly #workMillis: number
  #faultsUntil = 0

  constructor(script: FlockScript, onDatagram: OnDatagram | undefined) {
    this.#script = script
    this.#workMillis = workMillis(script)
    this.#network = new Network(this.#timeline, script, {
      onFault: (kind) => this.#count(kind),
      onDatagram: onDatagram && ((...datagram) => onDatagram(this.#timeline.now, ...datagram))
    })
    const random = new Random(script.seed ?? 0)
    this.#sessions = script.clients.map((client, number) => new Session(number, client))
    this.#serverHost = new Host(this.#timeline, "the server")
    this.#clientHosts = script.clients.map((_, number) => new Host(this.#timeline, `client ${number}`))
    this.#server = this.#serverHost.start((runtime) => new Server(this.#network, this.#sessions, random, runtime))
    this.#network.serve((bytes, from) => this.#serverHost.receive(bytes, from))
    for (const [number, { startMillis }] of script.clients.entries()) {
      this.#timeline.at(startMillis, () => this.#start(number, random))
    }
    for (const fault of script.faults) if ("at" in fault) this.#timeline.at(fault.at, () => this.#happen(fault))
  }

  result(): Run {
    let violation: Violation | undefined
    try {
      this.#run()
    } catch (cause) {
      // A defect of the program is a broken promise like any other.
      violation = cause instanceof Violation
        ? cause
        : new Violation("no defect", cause instanceof Error ? (cause.stack ?? cause.message) : String(cause))
    }
    const outcomes = new Map<string, number>()
    const messages = this.#sessions.flatMap((session) =>
      session.all.map((carried) => {
        const outcome = carried.outcome ?? (carried.isOpened ? "not finished" : "not begun")
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
        return `${carried.name}, ${carried.plan.bytes} bytes: ${outcome}, ${carried.readBytes} bytes read`
      })
    )
    const { events, now: virtualMillis } = this.#timeline
    return { violation, events, virtualMillis, faults: this.#faults, outcomes, messages }
  }

  #run(): void {
    while (this.#timeline.step()) {
      if (this.#timeline.events > mostEvents) throw new Violation("it ends", `${mostEvents} events are not enough`)
      this.#checkBound()
      for (const session of this.#sessions) {
        if (session.isComplete) this.#clients[session.client]?.onComplete()
      }
    }
    for (const session of this.#sessions) this.#checkEnd(session)
  }

  /** After the last fault everything ends, in the time that it takes; keep-alives would hold a session for ever. */
  #checkBound(): void {
    const bound = this.#faultsUntil + this.#workMillis + patienceMillis
    // A timer that nobody waits for any more is no sign of life.
    if (this.#timeline.now <= bound || !this.#sessions.some((session) => this.#isOpen(session))) return
    const open = this.#sessions.flatMap(({ all }) => all).find(({ isOver }) => !isOver)
    throw new Violation("it ends", `${bound} ms were enough, but ${open?.name ?? "a session"} is not over`)
  }

  #isOpen(session: Session): boolean {
    if (session.isGone) return false
    const ends = [this.#clients[session.client]?.end, this.#server.endOf(session)]
    return ends.some((end) => end !== undefined && !end.connection.isClosed)
  }

  #start(number: number, random: Random): void {
    const host = this.#clientHosts[number]
    const session = this.#sessions[number]
    if (host === undefined || session === undefined) return
    const receive = (bytes: Uint8Array, from: string): void => host.receive(bytes, from)
    this.#clients[number] = host.start((runtime) => new Client(this.#network, session, random, runtime, receive))
  }

  #happen(fault: Extract<Fault, { readonly at: number }>): void {
    if ("stranger" in fault) {
      const bytes = "bytes" in fault
        ? new Uint8Array(Buffer.from(fault.bytes, "hex"))
        : this.#network.overheard(fault.overheard.link, fault.overheard.nth)
      if (bytes !== undefined) this.#network.sendStray(fault.stranger, bytes)
    } else if ("rebind" in fault) {
      this.#clients[fault.rebind]?.rebind()
      this.#count("address changed")
    } else if ("pause" in fault) {
      this.#hostOf(fault.pause)?.pause(fault.millis)
      this.#count("pause")
      this.#faultsUntil = Math.max(this.#faultsUntil, fault.at + fault.millis)
    } else if ("crash" in fault) {
      this.#hostOf(fault.crash)?.crash()
      this.#count("crash")
      for (const session of this.#sessions) {
        if (fault.crash === "server" || fault.crash === session.client) session.isGone = true
      }
    }
  }

  #hostOf(host: "server" | number): Host | undefined {
    return host === "server" ? this.#serverHost : this.#clientHosts[host]
  }

  #count(kind: string): void {
    this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1)
    this.#faultsUntil = Math.max(this.#faultsUntil, this.#timeline.now)
  }

  /** Nothing is planned any more: every session has come to its end, at both ends. */
  #checkEnd(session: Session): void {
    const { client, ended, isComplete, isGone, isUnreachable } = session
    if (this.#script.delivers && !isComplete) {
      const missing = session.all.find(({ isOver }) => !isOver)
      throw new Violation("everything arrives", `${missing?.name} has not: ${JSON.stringify(ended)}`)
    }
    if (isGone) return
    const clients = this.#clients[client]?.end
    const servers = this.#server.endOf(session)
    const open = [clients, servers].find((end) => end !== undefined && !end.connection.isClosed)
    if (open !== undefined) {
      throw new Violation("no deadlock", `session ${client} is open at the ${open.role}, and nothing happens`)
    }
    if (clients === undefined && !isUnreachable) throw new Violation("no deadlock", `client ${client} never called`)
    for (const role of ["client", "server"] as const) {
      const reason = ended[role]
      if (reason === undefined) continue
      if (!isComplete && reason.by !== "Idle" && ended.client?.by !== "Idle" && ended.server?.by !== "Idle") {
        throw new Violation("an end before the end has a reason", `session ${client}: ${JSON.stringify(ended)}`)
      }
    }
    const left = isComplete && clients !== undefined ? clients.connection.streams.count : 0
    if (left > 0) throw new Violation("nothing is left over", `${left} streams of session ${client} at the client`)
  }
}

/** What all sessions take without a fault, generously. */
const workMillis = ({ clients, route }: FlockScript): number =>
  Math.max(
    ...clients.map(({ readMillis, restMillis, startMillis, streams, windows }) => {
      const bytes = streams.reduce((sum, stream) => sum + stream.bytes, 0)
      const window = Math.min(windows.maxData, windows.maxStreamData)
      const rounds = 20 + bytes / Math.min(window, 5000) + streams.length / windows.maxStreams
      const after = Math.max(0, ...streams.map(({ afterMillis }) => afterMillis))
      return startMillis + restMillis + after + rounds * (2 * route.delayMillis + 50) +
        bytes / (route.bytesPerMilli ?? Infinity) * 4 + (bytes / 1000 + streams.length) * readMillis
    })
  )
