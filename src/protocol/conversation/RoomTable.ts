/** The rooms of a server: their logs, who may have them, what is on the disk, and what other servers have. */
import { Acknowledgements } from "./Acknowledgements.ts"
import type { LinkedRooms, RoomAccess } from "./LinkedRooms.ts"
import { type Head, RoomLog } from "./RoomLog.ts"
import { emptyVector, type Vector } from "./Vector.ts"

export interface Room {
  readonly log: RoomLog
  access: RoomAccess
  /** What is on the disk. */
  readonly synced: Map<string, number>
  readonly acknowledgements: Acknowledgements
}

/** A room as the shell sees it. */
export interface RoomView {
  readonly access: RoomAccess
  /** What is on the disk. */
  readonly synced: Vector
  /** Up to these numbers events are purged. */
  readonly floors: Vector
  /** What every server of the room has. */
  readonly everywhere: Vector
  /** The servers of the room that are known here, this one included. */
  readonly servers: ReadonlyArray<string>
}

/** What a store has of a room. */
export interface StoredRoom {
  readonly heads: Iterable<Head>
  /** The other servers of the room. */
  readonly servers: Iterable<string>
}

export class RoomTable implements LinkedRooms {
  readonly #own: string
  readonly #rooms = new Map<string, Room>()

  constructor(own: string) {
    this.#own = own
  }

  get size(): number {
    return this.#rooms.size
  }

  get all(): ReadonlyArray<{ readonly room: string; readonly access: RoomAccess }> {
    return Array.from(this.#rooms, ([room, { access }]) => ({ room, access }))
  }

  /** Throws for a room that is open already. */
  open(room: string, access: RoomAccess, { heads, servers }: StoredRoom): Room {
    if (this.#rooms.has(room)) throw new Error(`the room ${room} is open`)
    const log = new RoomLog(room, heads)
    const acknowledgements = new Acknowledgements(this.#own, servers)
    const opened = { log, access, synced: new Map(log.have), acknowledgements }
    this.#rooms.set(room, opened)
    return opened
  }

  /** Throws for a room that is not open. */
  at(room: string): Room {
    const found = this.#rooms.get(room)
    if (found === undefined) throw new Error(`there is no room ${room}`)
    return found
  }

  /** Undefined for a room that is not open. */
  viewOf(room: string): RoomView | undefined {
    const found = this.#rooms.get(room)
    if (found === undefined) return undefined
    const { access, acknowledgements, log, synced } = found
    const { everywhere, servers } = acknowledgements
    return { access, synced, floors: log.floors, everywhere, servers }
  }

  mayName(room: string, server: string): boolean {
    const { access, servers } = this.at(room).access
    return access === "public" || servers.includes(server)
  }

  readonly namedTo: LinkedRooms["namedTo"] = (server) =>
    Array.from(this.#rooms.keys()).filter((room) => this.mayName(room, server))

  readonly accessOf: LinkedRooms["accessOf"] = (room) => this.#rooms.get(room)?.access

  readonly syncedOf: LinkedRooms["syncedOf"] = (room) => this.#rooms.get(room)?.synced ?? emptyVector

  readonly floorsOf: LinkedRooms["floorsOf"] = (room) => this.#rooms.get(room)?.log.floors ?? emptyVector

  readonly seenOf: LinkedRooms["seenOf"] = (room) => this.#rooms.get(room)?.acknowledgements.others ?? new Map()
}
