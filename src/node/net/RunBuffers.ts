/**
 * The buffers that sockets send from. A free buffer belongs to no socket: a thousand sockets that send little, each once, share a
 * few. A socket limits how many it uses at the same time.
 */
import * as NetLimits from "../../net/NetLimits.ts"
import type { Path } from "../../net/Socket.ts"

/** Bytes of a buffer for a run: a little more than UDP carries, so that the kernel, not this program, refuses a larger datagram. */
const runBufferBytes = 64 * 1024

const nowhere: Path = { host: "", port: 0 }

/** A buffer with the state of its run. It is in use until the callback of the last send: until then the kernel may read it. */
export class RunBuffer {
  readonly bytes: Uint8Array
  readonly #home: RunBuffers
  /** Views of the bytes of the last send, for reuse: the next datagram often has the same length. */
  view: Uint8Array
  to = nowhere
  segmentBytes = 0
  length = 0
  isCut = false
  /** Whether it was sent as a run, or as a single datagram. */
  isRun = false
  /** Sends whose callback was not called yet. */
  pending = 0
  hasFailed = false
  /** The socket's function for the outcome of a send. */
  onSent: (buffer: RunBuffer, cause: Error | null, bytes: number) => void = () => undefined

  constructor(size: number, home: RunBuffers) {
    this.bytes = new Uint8Array(size)
    this.view = this.bytes
    this.#home = home
  }

  /** Frees the buffer, whose bytes are overwritten from now on. */
  giveBack(): void {
    this.#home.giveBack(this)
  }

  /** The run of the first `length` bytes, in a buffer of its own size: a small run keeps no large buffer while it is sent. */
  fitted(length: number): RunBuffer {
    if (length > NetLimits.datagramBytes || this.bytes.length === NetLimits.datagramBytes) return this
    const small = singleBuffers.take()
    small.bytes.set(this.bytes.subarray(0, length))
    this.giveBack()
    return small
  }

  /** The callback of node:dgram. */
  readonly sent = (cause: Error | null, bytes = 0): void => this.onSent(this, cause, bytes)
}

/** Buffers of one size: those that are free, up to a number, and new ones when none is. */
export class RunBuffers {
  readonly #free: Array<RunBuffer> = []
  readonly #mostFree: number
  readonly #size: number

  constructor(mostFree: number, size: number) {
    this.#mostFree = mostFree
    this.#size = size
  }

  take(): RunBuffer {
    return this.#free.pop() ?? new RunBuffer(this.#size, this)
  }

  giveBack(buffer: RunBuffer): void {
    if (this.#free.length < this.#mostFree) this.#free.push(buffer)
  }
}

/** Of the whole process, as many as one socket uses at most: for runs, and for single datagrams. */
export const runBuffers = new RunBuffers(NetLimits.sendRuns, runBufferBytes)
export const singleBuffers = new RunBuffers(NetLimits.sendBuffers, NetLimits.datagramBytes)
