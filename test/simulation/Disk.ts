/**
 * A disk that forgets: what was written and not synced is lost in a crash, a name whose directory was not synced too. It
 * knows files and names; which operations fail or take long the script tells.
 */

/** The bytes of a file, whatever names lead to it. */
export class Inode {
  bytes = new Uint8Array(0)
  /** How many of the bytes a crash leaves. */
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
 * What a crash leaves of what was not synced: nothing; the names, which may lead to files without their bytes; or, by
 * luck, everything.
 */
export type Keeps = "synced" | "names" | "all"

export class Disk {
  /** By their names, as programs see them. */
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

/** Whether a name is that of a part and not of a file. */
export const isPart = (name: string): boolean => name.endsWith(".part")
