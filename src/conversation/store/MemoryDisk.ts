/**
 * A disk in memory, which outlives the stores on it: the list of durable turns. A crash loses the turns that were not synced, and a copy is
 * an older state of the disk, as simulations need.
 */
import type { Turn } from "./StoreWrites.ts"

export class MemoryDisk {
  readonly #durable: Array<Turn>
  readonly #unsynced: Array<Turn> = []

  constructor(durable: ReadonlyArray<Turn> = []) {
    this.#durable = Array.from(durable)
  }

  get durable(): ReadonlyArray<Turn> {
    return this.#durable
  }

  /** Turns that were written and not synced. */
  get unsynced(): ReadonlyArray<Turn> {
    return this.#unsynced
  }

  write(turn: Turn): void {
    this.#unsynced.push(turn)
  }

  sync(): void {
    this.#durable.push(...this.#unsynced.splice(0))
  }

  /** Loses what was not synced but for its first `kept` turns, which the disk happened to write. */
  crash(kept = 0): void {
    this.#durable.push(...this.#unsynced.splice(0).slice(0, kept))
  }

  /** This disk as it is now: for another machine, or for later, as an old copy. What was not synced is not in it. */
  copy(): MemoryDisk {
    return new MemoryDisk(this.#durable)
  }
}
