/**
 * A disk that loses unsynced data in a crash: file content that was not synced, and names in a directory that was not
 * synced. Failing and slow operations are the task of `ServerDisk`.
 */

/** The content of a file, independent of its names. */
export class Inode {
  bytes = new Uint8Array(0)
  /** The number of bytes that survive a crash. */
  syncedBytes = 0

  write(block: Uint8Array, position: number): void {
    const grown = new Uint8Array(Math.max(this.bytes.length, position + block.length))
    grown.set(this.bytes)
    grown.set(block, position)
    this.bytes = grown
    this.syncedBytes = Math.min(this.syncedBytes, position)
  }

  sync(): void {
    this.syncedBytes = this.bytes.length
  }
}

/**
 * What survives a crash without a sync: nothing ("synced"); the names, possibly of files without their content
 * ("names"); everything ("all").
 */
export type Keeps = "synced" | "names" | "all"

/** One directory of files. */
export class Disk {
  /** The files by name, as programs see them. */
  readonly names = new Map<string, Inode>()
  #synced = new Map<string, Inode>()

  syncDirectory(): void {
    this.#synced = new Map(this.names)
  }

  crash(keeps: Keeps): void {
    if (keeps === "synced") {
      this.names.clear()
      for (const [name, inode] of this.#synced) this.names.set(name, inode)
    }
    for (const inode of this.names.values()) {
      if (keeps !== "all") inode.bytes = inode.bytes.slice(0, inode.syncedBytes)
      inode.sync()
    }
    this.syncDirectory()
  }
}

/** Whether a name is the name of a part, not of a published file. */
export const isPart = (name: string): boolean => name.endsWith(".part")
