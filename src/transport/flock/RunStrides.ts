/**
 * Cuts runs of datagrams that the kernel merged. Only the packets tell the length of each datagram, and the header of the first one
 * may be forged: the run is cut by the length that proved authentic, so that a forged head costs one datagram (docs/PROTOCOL.md,
 * flock §2.6).
 */
import type { Run } from "../../net/Socket.ts"
import { endOf, firstDatagramBytes, form } from "../../protocol/flock/wire/Packet.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { runPaths, strideLooks, strideTries } from "./FlockLimits.ts"

/**
 * Handles one datagram. Returns whether it ended with an authentic packet of a session. A trial may be no datagram, and is handled
 * again when it is none: it has an effect only if it is authentic, and is not answered.
 */
export type HandleDatagram = (bytes: Uint8Array, isTrial: boolean) => boolean

/** Handles the runs of one socket, and remembers the length that proved authentic last on each path. */
export class RunStrides {
  readonly #strides = new Map<string, number>()

  /** Number of paths whose length is known. */
  get count(): number {
    return this.#strides.size
  }

  /** Cuts a run, which may be a single datagram, and handles its datagrams. */
  handle({ bytes, from, segmentBytes }: Run, handleDatagram: HandleDatagram): void {
    if (segmentBytes !== undefined) return handleFrom(0, segmentBytes, bytes, handleDatagram)
    const key = `${from.host} ${from.port} ${from.local ?? ""}`
    const known = this.#strides.get(key)
    const head = firstDatagramBytes(bytes)
    const isKnownLikely = known !== undefined && isLikely(bytes, known)
    // What is decrypted in place and not authentic is lost: a forged head may reach over the datagrams behind it.
    const mayReach = isKnownLikely ? head !== known : head < bytes.length
    if (handleDatagram(mayReach ? bytes.slice(0, head) : firstOf(bytes, head), false)) {
      if (head < bytes.length && head !== known) this.#remember(key, head)
      return handleFrom(head, head, bytes, handleDatagram)
    }
    if (known !== undefined && isKnownLikely) return handleFrom(known, known, bytes, handleDatagram)
    // The length has changed, or is not known yet: a later packet may prove one.
    const found = this.#search(bytes, key, handleDatagram)
    if (!found) handleFrom(head, head, bytes, handleDatagram)
  }

  /** Handles the datagrams after the first one by the length of a later packet that is authentic. False when there is none. */
  #search(bytes: Uint8Array, key: string, handleDatagram: HandleDatagram): boolean {
    const beginnings = new Beginnings(bytes)
    const first = Math.max(leastDatagramBytes, Math.ceil(bytes.length / Limits.runDatagrams))
    let tries = 0
    for (let looks = 0, at = beginnings.from(first); at !== -1; at = beginnings.from(at + 1)) {
      if (tries === strideTries || looks++ === strideLooks) return false
      const stride = strideAt(bytes, at)
      if (stride === undefined) continue
      tries++
      if (!handleDatagram(bytes.slice(at, at + stride), true)) continue
      this.#remember(key, stride)
      handleFrom(stride, stride, bytes, handleDatagram, at)
      return true
    }
    return false
  }

  #remember(key: string, stride: number): void {
    // The newest is last: the first is forgotten when there are too many.
    this.#strides.delete(key)
    this.#strides.set(key, stride)
    const [oldest] = this.#strides.keys()
    if (this.#strides.size > runPaths && oldest !== undefined) this.#strides.delete(oldest)
  }
}

const firstOf = (bytes: Uint8Array, head: number): Uint8Array => head === bytes.length ? bytes : bytes.subarray(0, head)

/** Bytes of the shortest datagram that a length is searched for: a header, and the tag of any protection. */
const leastDatagramBytes = 19

/** Handles the datagrams from `start` on, each of `stride` bytes, without the one at `except`, which was handled before. */
const handleFrom = (
  start: number,
  stride: number,
  bytes: Uint8Array,
  handleDatagram: HandleDatagram,
  except = -1
): void => {
  if (start >= bytes.length) return
  // A false length costs its sender the run; it never causes an endless loop.
  if (stride * Limits.runDatagrams < bytes.length) return void handleDatagram(bytes.subarray(start), false)
  for (let at = start; at < bytes.length; at += stride) {
    if (at !== except) handleDatagram(bytes.subarray(at, at + stride), false)
  }
}

/** Whether one of the datagrams after the first one is as long as its packets say, if each has `stride` bytes. */
const isLikely = (bytes: Uint8Array, stride: number): boolean => {
  if (stride * Limits.runDatagrams < bytes.length) return false
  for (let at = stride; at < bytes.length; at += stride) {
    const end = Math.min(at + stride, bytes.length)
    // An incomplete packet would count as one of any length.
    if (!beginsDatagram(bytes, at) || endOf(bytes, at, end) === undefined) continue
    if (firstDatagramBytes(bytes, at) === end - at) return true
  }
  return false
}

/**
 * The length of the datagram that may begin at `at`, if it divides the bytes before it as the datagrams of a run would; else
 * undefined.
 */
const strideAt = (bytes: Uint8Array, at: number): number | undefined => {
  const length = firstDatagramBytes(bytes, at)
  if (length < leastDatagramBytes || length * Limits.runDatagrams < bytes.length) return undefined
  if (at % length === 0) return length
  // The last datagram may be shorter than the others, here than the only one before it.
  return at + length === bytes.length && length < at ? at : undefined
}

const beginsDatagram = (bytes: Uint8Array, at: number): boolean => bytes[at] === form.data || bytes[at] === form.hello3

/** The places where a datagram may begin, in order. `indexOf` finds them, because a loop over 64 KiB takes 0.1 ms for each datagram of an attacker. */
class Beginnings {
  readonly #bytes: Uint8Array
  #data = 0
  #hello3 = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** The first one from `at` on, which is not before that of the last call; -1 when there is none. */
  from(at: number): number {
    if (this.#data !== -1 && this.#data < at) this.#data = this.#bytes.indexOf(form.data, at)
    if (this.#hello3 !== -1 && this.#hello3 < at) this.#hello3 = this.#bytes.indexOf(form.hello3, at)
    if (this.#data === -1) return this.#hello3
    return this.#hello3 === -1 ? this.#data : Math.min(this.#data, this.#hello3)
  }
}
