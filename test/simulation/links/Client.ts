/**
 * A client in a world. It posts at the server of its account, repeats a post until it has its ✓, and reads at any server, each time from its
 * vectors on: it must miss nothing and see nothing twice.
 */
import type { Event } from "../../../src/protocol/conversation/Event.ts"
import { postKeyOf } from "../../../src/protocol/conversation/RoomOrder.ts"
import { Violation } from "../Ledger.ts"
import type { Timeline } from "../Timeline.ts"
import type { Disk } from "./Disk.ts"
import { identityOf, type Ledger, type Post } from "./Ledger.ts"
import { type ClientScript, type LinksScript, serverName, serversOf } from "./Script.ts"
import type { Reader, Server } from "./Server.ts"

/** The time until a client tries again, and the delay of its connection. */
const retryMillis = 1000
const delayMillis = 10
/** The time without a ✓ after which a post is sent again. */
const repeatMillis = 5000

export class Client {
  readonly #number: number
  readonly #script: ClientScript
  readonly #world: LinksScript
  readonly #timeline: Timeline
  readonly #ledger: Ledger
  readonly #serverAt: (number: number) => Server | undefined
  readonly #vectors = new Map<string, Map<string, number>>()
  readonly #shown = new Set<string>()
  /** Posts without a ✓, in order, with their numbers. */
  #open: Array<{ readonly post: Post; readonly n: number }> = []
  /** The numbers of those that were sent on this connection. */
  readonly #sent = new Set<number>()
  #n = 0
  #at: number
  #connection: { readonly server: Server; readonly reader: Reader } | undefined

  constructor(
    number: number,
    world: LinksScript,
    script: ClientScript,
    timeline: Timeline,
    ledger: Ledger,
    serverAt: (number: number) => Server | undefined
  ) {
    this.#number = number
    this.#script = script
    this.#world = world
    this.#timeline = timeline
    this.#ledger = ledger
    this.#serverAt = serverAt
    this.#at = script.home
    for (const post of script.posts) timeline.at(post.at, () => this.#post(post.room, post.text))
    for (const { at, to } of script.moves) timeline.at(at, () => this.moveTo(to))
    timeline.at(0, () => this.#connect())
  }

  get home(): number {
    return this.#script.home
  }

  /** Goes to another server, or reconnects to the same. */
  moveTo(server: number): void {
    this.#at = server
    this.#disconnect()
    this.#connect()
  }

  /** The process of its server has ended. */
  onKilled(server: number): void {
    if (this.#at !== server) return
    this.#disconnect()
    this.#timeline.after(retryMillis, () => this.#connect())
  }

  /** Checks, when everything has healed, that it was shown all that its server has. */
  checkEnd(disk: Disk): void {
    for (const room of this.#roomsAt(this.#at)) {
      const missing = disk.eventsOf(room).all.find((event) => !this.#shown.has(identityOf(event)))
      if (missing === undefined) continue
      throw new Violation("a reader misses nothing", `client ${this.#number} was not shown ${identityOf(missing)}`)
    }
  }

  #roomsAt(server: number): ReadonlyArray<string> {
    return this.#world.rooms.map(({ name }) => name).filter((room) =>
      serversOf(this.#world, room).includes(server) && serversOf(this.#world, room).includes(this.#script.home)
    )
  }

  #disconnect(): void {
    if (this.#connection === undefined) return
    this.#connection.server.detach(this.#connection.reader)
    this.#connection = undefined
  }

  #connect(): void {
    if (this.#connection !== undefined) return
    const server = this.#serverAt(this.#at)
    if (server === undefined) {
      this.#timeline.after(retryMillis, () => this.#connect())
      return
    }
    // What is on its way when the connection ends is lost, and neither shown nor confirmed.
    const ifOpen = (run: () => void): void => {
      this.#timeline.after(delayMillis, () => {
        if (this.#connection?.reader === reader) run()
      })
    }
    const reader: Reader = {
      onEvent: (event) => ifOpen(() => this.#onEvent(event)),
      onConfirmed: (key, event) => ifOpen(() => this.#onConfirmed(key, event, server.disk))
    }
    this.#connection = { server, reader }
    const vectors = new Map(this.#roomsAt(this.#at).map((room) => [room, this.#vectorOf(room)] as const))
    server.attach(reader, vectors)
    this.#sendAgain()
  }

  /** Sends all posts without a ✓, in order, and again after a while. */
  #sendAgain(): void {
    const { reader } = this.#connection ?? {}
    this.#sent.clear()
    this.#sendOpen()
    this.#timeline.after(repeatMillis, () => {
      if (reader !== undefined && this.#connection?.reader === reader) this.#sendAgain()
    })
  }

  /** Sends the posts that were not sent on this connection, in order, up to one of a room that the server does not have yet. */
  #sendOpen(): void {
    const { server } = this.#connection ?? {}
    if (server === undefined || this.#at !== this.#script.home) return
    for (const { n, post } of this.#open) {
      if (this.#sent.has(n)) continue
      if (!server.hasRoom(post.room)) return
      this.#sent.add(n)
      this.#send(post, n)
    }
  }

  #vectorOf(room: string): Map<string, number> {
    const vector = this.#vectors.get(room) ?? new Map<string, number>()
    this.#vectors.set(room, vector)
    return vector
  }

  #post(room: string, text: string): void {
    const n = ++this.#n
    const key = postKeyOf({ author: this.#author, device: `d${this.#number}`, n })
    const post = this.#ledger.posted({ key, room, text })
    this.#open.push({ post, n })
    this.#sendOpen()
  }

  get #author(): string {
    return `c${this.#number}@${serverName(this.#script.home)}`
  }

  #send({ room, text }: Post, n: number): void {
    const { reader, server } = this.#connection ?? {}
    this.#timeline.after(delayMillis, () => {
      if (this.#connection?.reader !== reader) return
      server?.post({
        room,
        time: this.#timeline.now,
        author: this.#author,
        device: `d${this.#number}`,
        n,
        kind: "said",
        body: { text }
      })
    })
  }

  #onEvent(event: Event): void {
    const vector = this.#vectorOf(event.room)
    const identity = identityOf(event)
    if (this.#shown.has(identity)) {
      throw new Violation("a reader sees nothing twice", `client ${this.#number} was shown ${identity} again`)
    }
    if (event.seq !== (vector.get(event.origin) ?? 0) + 1) {
      throw new Violation("a reader misses nothing", `client ${this.#number} was shown ${identity} after a gap`)
    }
    vector.set(event.origin, event.seq)
    this.#shown.add(identity)
  }

  #onConfirmed(key: string, event: Event, disk: Disk): void {
    const open = this.#open.find(({ post }) => post.key === key)
    if (open === undefined) return
    this.#ledger.confirmed(open.post, event, disk)
    this.#open = this.#open.filter((one) => one !== open)
  }
}
