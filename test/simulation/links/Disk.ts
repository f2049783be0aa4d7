/** The disk of a server in virtual time: what is not synced is lost, or a part of it, when the process ends. */
import type { Event } from "../../../src/protocol/conversation/Event.ts"
import type { RoomAccess } from "../../../src/protocol/conversation/LinkedRooms.ts"
import { OrderedEvents } from "../../../src/protocol/conversation/OrderedEvents.ts"
import type { Stored } from "../../../src/protocol/conversation/WriteQueue.ts"

/** What a server writes, in order. */
export type DiskRecord =
  | { readonly event: Event }
  | Stored
  | { readonly room: string; readonly access: RoomAccess }
  | { readonly room: string; readonly server: string }

export class Disk {
  readonly #records: Array<DiskRecord>
  #synced: number
  readonly #rooms = new Map<string, OrderedEvents>()

  constructor(records: ReadonlyArray<DiskRecord> = []) {
    // Serials are those of one process.
    this.#records = records.map((record) => "event" in record ? { event: record.event } : record)
    this.#synced = records.length
    for (const record of records) this.#onSynced(record)
  }

  /** The number of records that are written. */
  get length(): number {
    return this.#records.length
  }

  /** The serial of the last event of this process among the first records; 0 for none. */
  serialAt(length: number): number {
    for (let at = length - 1; at >= 0; at--) {
      const record = this.#records[at]
      if (record !== undefined && "serial" in record) return record.serial
    }
    return 0
  }

  /** Everything that is synced. */
  get synced(): ReadonlyArray<DiskRecord> {
    return this.#records.slice(0, this.#synced)
  }

  /** The synced events of a room, in its order. */
  eventsOf(room: string): OrderedEvents {
    const events = this.#rooms.get(room) ?? new OrderedEvents()
    this.#rooms.set(room, events)
    return events
  }

  write(...records: ReadonlyArray<DiskRecord>): void {
    this.#records.push(...records)
  }

  /** Everything up to `length` records is on the disk. */
  sync(length: number): void {
    for (const record of this.#records.slice(this.#synced, length)) this.#onSynced(record)
    this.#synced = Math.max(this.#synced, length)
  }

  /** The process has ended: of what was not synced, a first part may be there. */
  crashed(share: number): Disk {
    const unsynced = this.#records.length - this.#synced
    return new Disk(this.#records.slice(0, this.#synced + Math.floor(unsynced * share)))
  }

  #onSynced(record: DiskRecord): void {
    if ("event" in record) this.eventsOf(record.event.room).add(record.event)
  }
}
