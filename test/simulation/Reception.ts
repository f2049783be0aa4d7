/**
 * A server's application that receives one message: texts into memory, files onto the disk, with the steps of
 * docs/RELIABILITY.md. It calls `accept` when the message is stored durably and `refuse` when that fails.
 */
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import type { Inode } from "./Disk.ts"
import type { Runtime } from "./Host.ts"
import { type Arrival, type Ledger, Violation } from "./Ledger.ts"
import type { DiskOperation, ServerDisk } from "./ServerDisk.ts"

/** The message, and callbacks to the peer's core. */
export interface ReceptionOptions {
  readonly client: number
  readonly from: string
  readonly kind: "text" | "file"
  readonly name: string
  readonly quotaBytes: number
  readonly written: (bytes: number) => void
  readonly accept: () => void
  readonly refuse: () => void
  /** Called when the reception has ended. */
  readonly onEnd: () => void
  /** Runs a turn of the peer after a call of the other callbacks. */
  readonly turn: () => void
}

/** The bytes that the core may emit before they are written: its limit, and the block that reaches it. */
const maxUnwrittenBytes = Limits.unwrittenBytes + 2 * Limits.receivedBlockBytes

/** One message. */
export class Reception {
  readonly #ledger: Ledger
  readonly #disk: ServerDisk
  readonly #runtime: Runtime
  readonly #options: ReceptionOptions
  readonly #arrival: Arrival
  readonly #part: string
  #inode: Inode | undefined
  /** The remaining steps, in order. */
  readonly #steps: Array<() => void> = []
  #isBusy = false
  #hasEnded = false
  #unwritten = 0
  #size = 0

  constructor(ledger: Ledger, disk: ServerDisk, runtime: Runtime, options: ReceptionOptions) {
    this.#ledger = ledger
    this.#disk = disk
    this.#runtime = runtime
    this.#options = options
    this.#arrival = ledger.opened(options.client, options.kind, options.name)
    this.#part = `.${options.name}-${options.from}-${runtime.now()}.part`
    if (options.kind === "file") this.#operate("create", () => this.#inode = disk.create(this.#part))
  }

  /** Writes the next bytes of the message. */
  block(bytes: Uint8Array): void {
    if (this.#hasEnded) return
    this.#ledger.block(this.#arrival, bytes)
    this.#unwritten += bytes.length
    if (this.#unwritten > maxUnwrittenBytes) {
      throw new Violation("memory has a limit", `${this.#unwritten} bytes of ${this.#options.from} are not written yet`)
    }
    this.#operate("write", () => {
      this.#inode?.write(bytes, this.#size)
      this.#size += bytes.length
      this.#unwritten -= bytes.length
      this.#options.written(bytes.length)
      if (this.#size > this.#options.quotaBytes) this.#refuse()
    })
  }

  /** Publishes the message: all bytes have arrived. */
  complete(): void {
    if (this.#hasEnded) return
    this.#ledger.completed(this.#arrival)
    if (this.#options.kind === "file") {
      this.#operate("sync", () => this.#inode?.sync())
      this.#operate("link", () => {
        if (this.#inode !== undefined) this.#disk.disk.names.set(this.#options.name, this.#inode)
        this.#disk.disk.names.delete(this.#part)
      })
      this.#operate("syncDirectory", () => this.#disk.disk.syncDirectory())
    }
    this.#steps.push(() => {
      this.#ledger.taken(this.#arrival)
      this.#ledger.checkDisk(this.#disk.disk)
      this.#end()
      this.#options.accept()
    })
    this.#work()
  }

  /** Removes the message, which its sender did not finish. */
  abandon(): void {
    if (this.#hasEnded) return
    this.#remove()
    this.#end()
  }

  #operate(operation: DiskOperation, action: () => void): void {
    const { error, millis } = this.#disk.next(operation)
    this.#steps.push(() => {
      this.#isBusy = true
      this.#runtime.after(this.#options.kind === "text" ? 0 : millis, () => {
        this.#isBusy = false
        if (!this.#hasEnded) {
          if (error === undefined) action()
          else this.#refuse()
        }
        this.#work()
        this.#options.turn()
      })
    })
    this.#work()
  }

  #work(): void {
    while (!this.#isBusy && !this.#hasEnded) {
      const step = this.#steps.shift()
      if (step === undefined) return
      step()
    }
  }

  #refuse(): void {
    this.#ledger.refused(this.#arrival)
    this.#remove()
    this.#end()
    this.#options.refuse()
  }

  /** Removes the part, and also the file if it was published without durability. */
  #remove(): void {
    this.#disk.disk.names.delete(this.#part)
    if (this.#disk.disk.names.get(this.#options.name) === this.#inode) this.#disk.disk.names.delete(this.#options.name)
  }

  #end(): void {
    this.#hasEnded = true
    this.#steps.length = 0
    this.#options.onEnd()
  }
}
