/**
 * A server's application with one message: texts into memory, files onto the disk, in the order of docs/RELIABILITY.md. It
 * says accept when the message is safe and refuse when it cannot be.
 */
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import type { Inode } from "./Disk.ts"
import type { Runtime } from "./Host.ts"
import { type Arrival, type Ledger, Violation } from "./Ledger.ts"
import type { DiskOperation, ServerDisk } from "./ServerDisk.ts"

export interface TakingOptions {
  readonly client: number
  readonly from: string
  readonly kind: "text" | "file"
  readonly name: string
  readonly quotaBytes: number
  readonly written: (bytes: number) => void
  readonly accept: () => void
  readonly refuse: () => void
  /** Nothing of it is left to do. */
  readonly over: () => void
  /** Runs a turn of the peer, after one of the others. */
  readonly turn: () => void
}

/** What the core may have handed over and not seen written: its limit, and the block that reached it. */
const mostUnwritten = Limits.unwrittenBytes + 2 * Limits.receivedBlockBytes

export class Taking {
  readonly #ledger: Ledger
  readonly #disk: ServerDisk
  readonly #runtime: Runtime
  readonly #options: TakingOptions
  readonly #arrival: Arrival
  readonly #part: string
  #inode: Inode | undefined
  /** What is still to be done, in order. */
  readonly #steps: Array<() => void> = []
  #isBusy = false
  #isOver = false
  #unwritten = 0
  #size = 0

  constructor(ledger: Ledger, disk: ServerDisk, runtime: Runtime, options: TakingOptions) {
    this.#ledger = ledger
    this.#disk = disk
    this.#runtime = runtime
    this.#options = options
    this.#arrival = ledger.opened(options.client, options.kind, options.name)
    this.#part = `.${options.name}-${options.from}-${runtime.now()}.part`
    if (options.kind === "file") this.#operate("create", () => this.#inode = disk.create(this.#part))
  }

  block(bytes: Uint8Array): void {
    if (this.#isOver) return
    this.#ledger.block(this.#arrival, bytes)
    this.#unwritten += bytes.length
    if (this.#unwritten > mostUnwritten) {
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

  complete(): void {
    if (this.#isOver) return
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

  /** Its sender did not finish it. */
  abandon(): void {
    if (this.#isOver) return
    this.#remove()
    this.#end()
  }

  #operate(operation: DiskOperation, action: () => void): void {
    const { error, millis } = this.#disk.next(operation)
    this.#steps.push(() => {
      this.#isBusy = true
      this.#runtime.after(this.#options.kind === "text" ? 0 : millis, () => {
        this.#isBusy = false
        if (!this.#isOver) {
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
    while (!this.#isBusy && !this.#isOver) {
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

  /** A file that could not be published for good is taken back. */
  #remove(): void {
    this.#disk.disk.names.delete(this.#part)
    if (this.#disk.disk.names.get(this.#options.name) === this.#inode) this.#disk.disk.names.delete(this.#options.name)
  }

  #end(): void {
    this.#isOver = true
    this.#steps.length = 0
    this.#options.over()
  }
}
