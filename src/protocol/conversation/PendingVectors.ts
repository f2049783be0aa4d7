/** What other servers have of rooms, collected until it is passed on: only the largest numbers count. */
import { raise, type Vector } from "./Vector.ts"

export interface PendingVector {
  readonly room: string
  readonly server: string
  readonly vector: Vector
}

export class PendingVectors {
  readonly #rooms = new Map<string, Map<string, Map<string, number>>>()

  add(room: string, server: string, vector: Vector): void {
    const servers = this.#rooms.get(room) ?? new Map<string, Map<string, number>>()
    const pending = servers.get(server) ?? new Map<string, number>()
    raise(pending, vector)
    servers.set(server, pending)
    this.#rooms.set(room, servers)
  }

  /** Everything that was collected, which is empty afterwards. */
  take(): ReadonlyArray<PendingVector> {
    const all = Array.from(
      this.#rooms,
      ([room, servers]) => Array.from(servers, ([server, vector]) => ({ room, server, vector }))
    ).flat()
    this.#rooms.clear()
    return all
  }
}
