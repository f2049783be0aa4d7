/**
 * A world of flock: builds hosts, paths and time from a script and runs them to the end, with the invariants of the
 * ledger.
 */
import { Host } from "../Host.ts"
import { Violation } from "../Ledger.ts"
import { Random } from "../Random.ts"
import { Timeline } from "../Timeline.ts"
import type { OnDatagram, Run } from "../World.ts"
import { Attacker } from "./Attacker.ts"
import { Client } from "./Client.ts"
import type { End } from "./End.ts"
import { Genuine } from "./Genuine.ts"
import { Keys } from "./Keys.ts"
import { Session } from "./Ledger.ts"
import { Network, otherAddress, serverAddress } from "./Network.ts"
import type { Fault, FlockScript } from "./Script.ts"
import { Server, type ServerOptions } from "./Server.ts"

/** Several times the number of events that the largest worlds need. */
const maxEvents = 300_000
/**
 * The time limit after the last fault, in addition to the time for the content. In it, sessions without a peer end, and
 * timers that had backed off expire.
 */
const graceMillis = 120_000

/** Runs a script to its end or to the first violation. */
export const run = (script: FlockScript, onDatagram?: OnDatagram): Run => new World(script, onDatagram).result()

class World {
  readonly #script: FlockScript
  readonly #timeline = new Timeline()
  readonly #network: Network
  /** All sessions, in the order in which they began; and the newest of each client. */
  readonly #sessions: Array<Session>
  readonly #genuine = new Genuine()
  readonly #random: Random
  readonly #serverOptions: ServerOptions
  readonly #serverHost: Host
  readonly #clientHosts: ReadonlyArray<Host>
  readonly #clients: Array<Client | undefined> = []
  #server: Server
  readonly #faults = new Map<string, number>()
  readonly #workMillis: number
  #faultsUntil = 0

  constructor(script: FlockScript, onDatagram: OnDatagram | undefined) {
    this.#script = script
    this.#workMillis = workMillis(script)
    const [first] = script.clients
    if (first === undefined) throw new Error("a world has a client at least")
    const attacker = new Attacker(script, {
      timeline: this.#timeline,
      keys: new Keys(script),
      send: (from, to, bytes) => this.#network.inject(from, to, bytes),
      addressOf: (client) => this.#clients[client]?.address,
      onAttack: (kind) => this.#count(kind)
    })
    this.#network = new Network(this.#timeline, script, {
      onFault: (kind) => this.#count(kind),
      onDatagram: onDatagram &&
        ((client, direction, bytes, status) =>
          onDatagram(this.#timeline.now, client, direction, this.#genuine.clearOf(bytes), status)),
      onSent: (...sent) => attacker.onSent(...sent),
      onStray: (...stray) => attacker.onStray(...stray)
    })
    this.#random = new Random(script.seed ?? 0)
    this.#sessions = script.clients.map((client, number) => new Session(number, client))
    this.#serverHost = new Host(this.#timeline, "the server")
    this.#clientHosts = script.clients.map((_, number) => new Host(this.#timeline, `client ${number}`))
    this.#serverOptions = {
      network: this.#network,
      address: serverAddress,
      keys: attacker.keys,
      genuine: this.#genuine,
      random: this.#random,
      script: first,
      sessionOf: (clientId) => this.#sessions.find((session) => session.clientId === clientId)
    }
    this.#server = this.#startServer()
    this.#network.serve(serverAddress, (bytes, from) => this.#serverHost.receive(bytes, from))
    if (script.attacks !== undefined) this.#startOther()
    for (const [number, { startMillis }] of script.clients.entries()) {
      this.#timeline.at(startMillis, () => this.#start(number))
    }
    for (const fault of script.faults) if ("at" in fault) this.#timeline.at(fault.at, () => this.#apply(fault))
  }

  result(): Run {
    let violation: Violation | undefined
    try {
      this.#run()
    } catch (cause) {
      // A defect of the program counts as a violation.
      violation = cause instanceof Violation
        ? cause
        : new Violation("no defect", cause instanceof Error ? (cause.stack ?? cause.message) : String(cause))
    }
    const outcomes = new Map<string, number>()
    const messages = this.#sessions.flatMap((session) =>
      session.all.map((record) => {
        const outcome = record.outcome ?? (record.isOpened ? "not finished" : "not started")
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
        return `${record.name}, ${record.plan.bytes} bytes: ${outcome}, ${record.readBytes} bytes read`
      })
    )
    const { events, now: virtualMillis } = this.#timeline
    return { violation, events, virtualMillis, faults: this.#faults, outcomes, messages }
  }

  #run(): void {
    while (this.#timeline.step()) {
      if (this.#timeline.events > maxEvents) {
        throw new Violation("it ends", `the world has not ended after ${maxEvents} events`)
      }
      this.#checkBound()
      for (const session of this.#newest()) {
        if (session.isComplete && !this.#awaitsAnswer(session)) this.#clients[session.client]?.onComplete(session)
      }
    }
    for (const session of this.#sessions) this.#checkEnd(session)
  }

  /** The newest session of each client. */
  #newest(): ReadonlyArray<Session> {
    return this.#script.clients.length === this.#sessions.length
      ? this.#sessions
      : this.#sessions.filter((one, at) =>
        !this.#sessions.some((other, after) => after > at && other.client === one.client)
      )
  }

  #startServer(): Server {
    return this.#serverHost.start((runtime) => new Server(this.#serverOptions, runtime))
  }

  /** Another server with the same host key. It has no sessions. */
  #startOther(): void {
    const host = new Host(this.#timeline, "the other server")
    const options = { ...this.#serverOptions, address: otherAddress, sessionOf: () => undefined }
    host.start((runtime) => new Server(options, runtime))
    this.#network.serve(otherAddress, (bytes, from) => host.receive(bytes, from))
  }

  /**
   * Checks that all sessions end in bounded time after the last fault; keep-alives could keep a session open forever.
   */
  #checkBound(): void {
    const bound = this.#faultsUntil + this.#workMillis + graceMillis
    // A remaining timer does not matter if all sessions are closed.
    if (this.#timeline.now <= bound || !this.#sessions.some((session) => this.#isOpen(session))) return
    const open = this.#sessions.flatMap(({ all }) => all).find(({ isOver }) => !isOver)
    throw new Violation("it ends", `${open?.name ?? "a session"} has not ended after ${bound} ms`)
  }

  #isOpen(session: Session): boolean {
    if (session.isGone) return false
    return this.#endsOf(session).some((end) => !end.connection.isClosed)
  }

  /** The ends of a session that somebody runs. */
  #endsOf(session: Session): ReadonlyArray<End> {
    const client = this.#clients[session.client]?.end
    const ends = [client?.session === session ? client : undefined, this.#server.endOf(session)]
    return ends.filter((end) => end !== undefined)
  }

  /** Whether a reset that no application has seen is not acknowledged yet: no event of a stream tells when it is. */
  #awaitsAnswer(session: Session): boolean {
    const isUnseen = session.all.some(({ isAborted, received }) => isAborted && received === undefined)
    return isUnseen && (this.#clients[session.client]?.end?.connection.streams.count ?? 0) > 0
  }

  #start(number: number): void {
    const host = this.#clientHosts[number]
    const session = this.#sessions[number]
    if (host === undefined || session === undefined) return
    const { genuine, keys, network, random } = this.#serverOptions
    const receive = (bytes: Uint8Array, from: string): void => host.receive(bytes, from)
    const nextSession = (): Session => {
      const attempt = this.#sessions.filter(({ client }) => client === number).length
      if (attempt > maxAttempts) throw new Violation("a server forgets few sessions", `client ${number}`)
      const next = new Session(number, session.script, attempt)
      this.#sessions.push(next)
      this.#count("session began anew")
      return next
    }
    const options = { network, session, keys, genuine, random, nextSession, receive }
    this.#clients[number] = host.start((runtime) => new Client(options, runtime))
  }

  #apply(fault: Extract<Fault, { readonly at: number }>): void {
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
    } else if ("restart" in fault) {
      this.#serverHost.crash()
      for (const session of this.#sessions) session.isForgotten = true
      this.#timeline.after(fault.restart, () => {
        this.#server = this.#startServer()
        this.#count("server restarted")
      })
    } else if ("crash" in fault) {
      this.#hostOf(fault.crash)?.crash()
      this.#count("crash")
      for (const session of this.#newest()) {
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

  /** Checks, when no action is planned, that the session has ended at both ends. */
  #checkEnd(session: Session): void {
    const { client, ended, isComplete, isGone, isUnreachable } = session
    const isNewest = this.#newest().includes(session)
    if (this.#script.delivers && isNewest && !isComplete) {
      const missing = session.all.find(({ isOver }) => !isOver)
      throw new Violation("everything arrives", `${missing?.name} has not arrived: ${JSON.stringify(ended)}`)
    }
    if (isGone) return
    const open = this.#endsOf(session).find((end) => !end.connection.isClosed)
    if (open !== undefined) {
      throw new Violation("no deadlock", `session ${client} is open at the ${open.role}, and no action is planned`)
    }
    const clientEnd = this.#clients[client]?.end
    if (clientEnd === undefined && !isUnreachable) throw new Violation("no deadlock", `client ${client} has no session`)
    if (session.isReset || session.isForgotten || !isNewest) return
    for (const role of ["client", "server"] as const) {
      const reason = ended[role]
      if (reason === undefined) continue
      if (!isComplete && reason.by !== "Idle" && ended.client?.by !== "Idle" && ended.server?.by !== "Idle") {
        throw new Violation("an early end has a reason", `session ${client}: ${JSON.stringify(ended)}`)
      }
    }
    const remaining = isComplete && clientEnd !== undefined ? clientEnd.connection.streams.count : 0
    if (remaining > 0) throw new Violation("nothing remains", `${remaining} streams of session ${client} at the client`)
  }
}

/** Sessions of one client that a server may have forgotten. */
const maxAttempts = 10

/** An upper bound for the duration of all sessions without faults, in milliseconds. */
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
