/**
 * The disk of a simulated server as its application uses it: operations take time and may fail, as the script defines.
 */
import { type Disk, Inode } from "./Disk.ts"
import type { Fault, Script } from "./Script.ts"

/** The kinds of operations that a script can let fail. */
export type DiskOperation = Extract<Fault, { readonly disk: unknown }>["disk"]

/** A disk with faults. */
export class ServerDisk {
  readonly disk: Disk
  readonly #diskMillis: number
  readonly #faults: ReadonlyArray<Extract<Fault, { readonly disk: unknown }>>
  readonly #onFault: (kind: string) => void
  readonly #done = new Map<DiskOperation, number>()

  constructor(disk: Disk, script: Script, onFault: (kind: string) => void) {
    this.disk = disk
    this.#diskMillis = script.server.diskMillis
    this.#faults = script.faults.filter((fault) => "disk" in fault)
    this.#onFault = onFault
  }

  /** The duration of the next operation of that kind, and its error code if it fails. */
  next(operation: DiskOperation): { readonly millis: number; readonly error: string | undefined } {
    const nth = this.#done.get(operation) ?? 0
    this.#done.set(operation, nth + 1)
    let millis = this.#diskMillis
    let error: string | undefined
    for (const fault of this.#faults) {
      if (fault.disk !== operation || fault.nth !== nth) continue
      if ("error" in fault) error = fault.error
      else millis += fault.millis
      this.#onFault("error" in fault ? `disk: ${fault.error}` : "slow disk")
    }
    return { millis, error }
  }

  /** Creates an empty file. */
  create(name: string): Inode {
    const inode = new Inode()
    this.disk.names.set(name, inode)
    return inode
  }
}
