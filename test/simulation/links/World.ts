/** A world of linked servers: runs a script until everything has healed, with the checks of the ledger. */
import { Violation } from "../Ledger.ts"
import { Random } from "../Random.ts"
import { Timeline } from "../Timeline.ts"
import type { Run } from "../World.ts"
import { Client } from "./Client.ts"
import { Disk } from "./Disk.ts"
import { Ledger } from "./Ledger.ts"
import { type Fault, type LinksScript, serverName } from "./Script.ts"
import { Server } from "./Server.ts"
import { Sessions } from "./Sessions.ts"

/** Several times the number of events that the largest worlds need. */
const maxEvents = 300_000
/** The time between two attempts to connect. */
const dialMillis = 700
/** After the last fault: both ends have noticed it, have connected again and have acknowledged everything. */
const healingMillis = 60_000

/** Runs a script to its end or to the first violation. */
export const run = (script: LinksScript): Run => new World(script).result()

class World {
  readonly #script: LinksScript
  readonly #timeline = new Timeline()
  readonly #random: Random
  readonly #ledger: Ledger
  readonly #sessions: Sessions
  readonly #disks: Array<Disk> = []
  readonly #servers: Array<Server | undefined>
  readonly #slowUntil = new Map<number, { readonly until: number; readonly by: number }>()
  readonly #cutUntil = new Map<number, number>()
  readonly #clients: ReadonlyArray<Client>
  readonly #faults = new Map<string, number>()

  constructor(script: LinksScript) {
    this.#script = script
    this.#random = new Random(script.seed ?? 0)
    this.#ledger = new Ledger(script)
    this.#sessions = new Sessions(
      this.#timeline,
      this.#random,
      (edge) => script.edges[edge]?.delayMillis ?? 0,
      (server) => this.#servers[server]
    )
    this.#servers = script.servers.map(() => undefined)
    for (const number of script.servers.keys()) this.#start(number)
    this.#clients = script.clients.map((client, number) =>
      new Client(number, script, client, this.#timeline, this.#ledger, (server) => this.#servers[server])
    )
    for (const edge of script.edges.keys()) this.#dial(edge)
    for (const fault of script.faults) this.#plan(fault)
  }

  result(): Run {
    let violation: Violation | undefined
    try {
      this.#run()
    } catch (cause) {
      violation = cause instanceof Violation
        ? cause
        : new Violation("no defect", cause instanceof Error ? (cause.stack ?? cause.message) : String(cause))
    }
    const { posts } = this.#ledger
    const confirmed = posts.filter((post) => post.confirmed !== undefined).length
    const outcomes = new Map([
      ["confirmed", confirmed],
      ["unconfirmed", posts.length - confirmed],
      ["messages of links", this.#sessions.delivered]
    ])
    const { events, now: virtualMillis } = this.#timeline
    const messages = posts.map(({ confirmed: event, key, text }) =>
      `${key} "${text}": ${event === undefined ? "not confirmed" : `${event.origin}/${event.seq}`}`
    )
    return { violation, events, virtualMillis, faults: this.#faults, outcomes, messages }
  }

  /** What a server starts with: the rooms that it is told to have are there, whatever its disk is. */
  #diskOf(number: number): Disk {
    const disk = this.#disks[number] ?? new Disk()
    const stored = new Set(disk.synced.flatMap((record) => "access" in record ? [record.room] : []))
    for (const { access, name, servers } of this.#script.rooms) {
      if (!servers.includes(number) || stored.has(name)) continue
      disk.write({ room: name, access: { access, servers: access === "public" ? [] : servers.map(serverName) } })
      const members = access === "public" ? Array.from(this.#script.servers.keys()) : servers
      for (const other of members) disk.write({ room: name, server: serverName(other) })
    }
    disk.sync(disk.length)
    return disk
  }

  #start(number: number): void {
    const { diskMillis } = this.#script.servers[number] ?? { diskMillis: 0 }
    const disk = this.#diskOf(number)
    this.#disks[number] = disk
    this.#servers[number] = new Server({
      number,
      script: this.#script,
      timeline: this.#timeline,
      random: this.#random,
      sessions: this.#sessions,
      ledger: this.#ledger,
      disk,
      diskMillis: () => {
        const slow = this.#slowUntil.get(number)
        return diskMillis + (slow !== undefined && this.#timeline.now < slow.until ? slow.by : 0)
      }
    })
  }

  /** The first end of an edge connects whenever it has no session. */
  #dial(edge: number): void {
    const { from, to } = this.#script.edges[edge] ?? { from: 0, to: 0 }
    const isCut = (this.#cutUntil.get(edge) ?? 0) > this.#timeline.now
    const isUp = this.#servers[from] !== undefined && this.#servers[to] !== undefined
    if (!isCut && isUp && !this.#sessions.hasSession(edge, from)) this.#sessions.open(edge, from, to)
    this.#timeline.after(dialMillis, () => this.#dial(edge))
  }

  #plan(fault: Fault): void {
    this.#timeline.at(fault.at, () => this.#apply(fault))
    if ("copyOf" in fault) {
      this.#timeline.at(fault.copyOf, () => this.#copies.set(fault, new Disk(this.#disks[fault.kill]?.synced)))
    }
  }

  readonly #copies = new Map<Fault, Disk>()

  #apply(fault: Fault): void {
    const { now } = this.#timeline
    if ("cut" in fault) this.#cut(fault.cut, fault.millis)
    else if ("isolate" in fault) {
      this.#count("servers cut off")
      for (const [edge, { from, to }] of this.#script.edges.entries()) {
        if (from === fault.isolate || to === fault.isolate) this.#cut(edge, fault.millis)
      }
    } else if ("stall" in fault) {
      this.#count("stalls")
      this.#sessions.stall(fault.stall, fault.millis)
    } else if ("slow" in fault) {
      this.#count("slow disks")
      this.#slowUntil.set(fault.slow, { until: now + fault.millis, by: fault.by })
    } else this.#kill(fault)
  }

  #cut(edge: number, millis: number): void {
    this.#count("cut links")
    this.#cutUntil.set(edge, Math.max(this.#cutUntil.get(edge) ?? 0, this.#timeline.now + millis))
    this.#sessions.cut(edge)
  }

  #kill(fault: Extract<Fault, { readonly kill: number }>): void {
    const { kill: number } = fault
    const server = this.#servers[number]
    if (server === undefined) return
    this.#count("kills")
    server.stop()
    this.#servers[number] = undefined
    this.#sessions.killed(number)
    for (const client of this.#clients) client.onKilled(number)
    this.#disks[number] = this.#diskAfter(fault, server)
    this.#timeline.after(fault.downMillis, () => this.#start(number))
  }

  #diskAfter(fault: Extract<Fault, { readonly kill: number }>, server: Server): Disk {
    const left = server.disk.crashed(this.#random.number(0, 1))
    const copy = "copyOf" in fault
      ? this.#copies.get(fault)
      : "clone" in fault
      ? new Disk(this.#disks[fault.clone]?.synced)
      : undefined
    if (copy === undefined) return left
    this.#count("copyOf" in fault ? "old disks" : "disks of others")
    this.#ledger.replaced(fault.kill, server.origin, left.synced, this.#disks)
    return copy
  }

  #run(): void {
    const busy = Math.max(
      0,
      ...this.#script.clients.flatMap(({ moves, posts }) => [...moves, ...posts].map(({ at }) => at)),
      ...this.#script.faults.map((fault) =>
        fault.at + ("millis" in fault ? fault.millis : 0) + ("downMillis" in fault ? fault.downMillis : 0)
      )
    )
    // All clients go home, and get a ✓ for what they have posted; then each looks whether it has missed something.
    this.#timeline.at(busy + 1000, () => {
      for (const client of this.#clients) client.moveTo(client.home)
    })
    while (this.#timeline.now < busy + healingMillis && this.#timeline.step()) {
      if (this.#timeline.events > maxEvents) {
        throw new Violation("it ends", `the world has not ended after ${maxEvents} events`)
      }
    }
    this.#ledger.checkEnd(this.#disks)
    for (const client of this.#clients) {
      const disk = this.#disks[client.home]
      if (disk !== undefined) client.checkEnd(disk)
    }
    for (const server of this.#servers) server?.checkEnd()
  }

  #count(kind: string): void {
    this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1)
  }
}
