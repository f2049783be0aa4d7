/**
 * Records what clients have posted, what servers have on their disks and have reported, and what clients were shown, and checks the promises
 * of linked servers (docs/RELIABILITY.md) with each of these, and when the links have healed.
 */
import type { Event } from "../../../src/protocol/conversation/Event.ts"
import { postKeyOf } from "../../../src/protocol/conversation/RoomOrder.ts"
import type { Vector } from "../../../src/protocol/conversation/Vector.ts"
import { Violation } from "../Ledger.ts"
import type { Disk, DiskRecord } from "./Disk.ts"
import { type LinksScript, serverName, serversOf } from "./Script.ts"

export interface Post {
  readonly key: string
  readonly room: string
  readonly text: string
  /** The event of its ✓. */
  confirmed: Event | undefined
}

export const identityOf = ({ origin, room, seq }: Pick<Event, "origin" | "room" | "seq">): string =>
  `${room} ${origin}/${seq}`

export class Ledger {
  readonly #script: LinksScript
  readonly posts: Array<Post> = []
  readonly #hashes = new Map<string, string>()
  /** For each server, the events that were on its disk at some time. */
  readonly #everSynced: ReadonlyArray<Set<string>>
  /** Events of which the only disk was lost. */
  readonly #lost = new Set<string>()
  readonly #everywhere = new Set<string>()
  /** Origins whose server has got another disk since. */
  readonly #replacedOrigins = new Set<string>()

  constructor(script: LinksScript) {
    this.#script = script
    this.#everSynced = script.servers.map(() => new Set())
  }

  posted(post: Omit<Post, "confirmed">): Post {
    const recorded = { ...post, confirmed: undefined }
    this.posts.push(recorded)
    return recorded
  }

  /** A server has synced an event, which readers may see. `disk` has it. */
  synced(server: number, event: Event, disk: Disk): void {
    const identity = identityOf(event)
    const known = this.#hashes.get(identity)
    if (known !== undefined && known !== event.hash) {
      throw new Violation("one identity, one event", `${identity} has two hashes`)
    }
    this.#hashes.set(identity, event.hash)
    const events = disk.eventsOf(event.room).all.filter(({ origin, seq }) =>
      origin === event.origin && seq <= event.seq
    )
    if (events.filter(({ seq }) => seq === event.seq).length !== 1) {
      throw new Violation("nothing is doubled", `${identity} is not once on the disk of ${serverName(server)}`)
    }
    if (events.length !== event.seq) {
      throw new Violation(
        "the order of the origin",
        `${serverName(server)} has ${events.length} events up to ${identity}`
      )
    }
    if (!serversOf(this.#script, event.room).includes(server)) {
      throw new Violation("private stays private", `${identity} came to ${serverName(server)}`)
    }
    this.#everSynced[server]?.add(identity)
  }

  /** A client gets ✓ for its post. */
  confirmed(post: Post, event: Event, disk: Disk): void {
    const isThere = disk.eventsOf(post.room).all.some(({ hash }) => hash === event.hash)
    if (!isThere) throw new Violation("✓ is synced", `${post.key} was confirmed and is not on the disk`)
    if (postKeyOf(event) !== post.key || event.body?.["text"] !== post.text) {
      throw new Violation("✓ is synced", `${post.key} was confirmed as another post`)
    }
    post.confirmed = event
  }

  /** A server reports that each server of a room has these events; `known` are those that it knows. */
  reported(room: string, vector: Vector, disk: Disk, known: ReadonlyArray<string>): void {
    // A server that takes the room later is known when its first vector has come.
    const isComplete = this.#script.rooms.find(({ name }) => name === room)?.servers.length ===
      serversOf(this.#script, room).length
    const servers = serversOf(this.#script, room).filter((server) => isComplete || known.includes(serverName(server)))
    for (const { origin, seq } of disk.eventsOf(room).all) {
      if (seq > (vector.get(origin) ?? 0)) continue
      const identity = identityOf({ origin, room, seq })
      const missing = servers.find((server) => this.#everSynced[server]?.has(identity) !== true)
      if (missing !== undefined) {
        throw new Violation("✓✓ is everywhere", `${identity} was never on the disk of ${serverName(missing)}`)
      }
      this.#everywhere.add(identity)
    }
  }

  /** A server starts with what is on its disk, which may be a copy of another. */
  started(server: number, records: ReadonlyArray<DiskRecord>): void {
    for (const record of records) if ("event" in record) this.#everSynced[server]?.add(identityOf(record.event))
  }

  /** A server starts with another disk. What no other disk has may be lost. */
  replaced(server: number, origin: string, before: ReadonlyArray<DiskRecord>, disks: ReadonlyArray<Disk>): void {
    this.#replacedOrigins.add(origin)
    for (const record of before) {
      if (!("event" in record)) continue
      const { event } = record
      const isElsewhere = disks.some((disk, other) =>
        other !== server && disk.eventsOf(event.room).all.some(({ hash }) => hash === event.hash)
      )
      if (!isElsewhere) this.#lost.add(identityOf(event))
    }
  }

  /** Checks the disks when everything has healed. */
  checkEnd(disks: ReadonlyArray<Disk>): void {
    for (const { name } of this.#script.rooms) {
      const servers = serversOf(this.#script, name)
      const logs = servers.map((server) => disks[server]?.eventsOf(name).all.map(identityOf) ?? [])
      const [first = []] = logs
      for (const [at, log] of logs.entries()) {
        if (log.length === first.length && log.every((identity, place) => identity === first[place])) continue
        const differs = log.findIndex((identity, place) => identity !== first[place])
        throw new Violation(
          "one order everywhere",
          `${name} has ${first.length} events on ${serverName(servers[0] ?? 0)} and ${log.length} on ${
            serverName(servers[at] ?? 0)
          }, which differ at ${differs}`
        )
      }
      this.#checkPosts(name, new Set(first), disks[servers[0] ?? 0]?.eventsOf(name).all ?? [])
    }
  }

  #checkPosts(room: string, log: ReadonlySet<string>, events: ReadonlyArray<Event>): void {
    const counts = new Map<string, number>()
    for (const event of events) counts.set(postKeyOf(event), (counts.get(postKeyOf(event)) ?? 0) + 1)
    for (const { confirmed, key, room: place } of this.posts) {
      if (place !== room) continue
      if (confirmed === undefined) throw new Violation("every post is confirmed", `${key} has no ✓`)
      const identity = identityOf(confirmed)
      if (!log.has(identity) && !this.#lost.has(identity)) {
        throw new Violation("nothing is lost", `${key} was confirmed as ${identity}, which no server has`)
      }
      // A server that lost its disk records a post again that it gets again. Readers are shown the first one.
      if (
        (counts.get(key) ?? 0) > 1 &&
        !events.some((event) => postKeyOf(event) === key && this.#replacedOrigins.has(event.origin))
      ) {
        throw new Violation("nothing is doubled", `${key} was recorded ${counts.get(key)} times`)
      }
    }
    for (const identity of this.#everywhere) {
      if (!identity.startsWith(`${room} `) || log.has(identity) || this.#lost.has(identity)) continue
      throw new Violation("✓✓ is never taken back", `${identity} is gone`)
    }
  }
}
