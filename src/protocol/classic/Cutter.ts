/** Cuts blocks of any size into fragments of one size. Blocks of whole fragments are not copied. */
export class Cutter {
  readonly #fragmentSize: number
  /** The beginning of the next fragment, copied from blocks that end within it. */
  #rest: Uint8Array
  #restBytes = 0

  constructor(fragmentSize: number) {
    this.#fragmentSize = fragmentSize
    this.#rest = new Uint8Array(fragmentSize)
  }

  /** The fragments that the block completes: views of it, but for one that earlier blocks have begun. */
  push(block: Uint8Array): ReadonlyArray<Uint8Array> {
    const fragments: Array<Uint8Array> = []
    let at = 0
    if (this.#restBytes > 0) {
      at = this.#keep(block)
      if (this.#restBytes < this.#fragmentSize) return fragments
      fragments.push(...this.end())
    }
    for (; at + this.#fragmentSize <= block.length; at += this.#fragmentSize) {
      fragments.push(block.subarray(at, at + this.#fragmentSize))
    }
    this.#keep(block.subarray(at))
    return fragments
  }

  /** The last fragment, which may be shorter; none if the blocks have ended with a whole one. */
  end(): ReadonlyArray<Uint8Array> {
    if (this.#restBytes === 0) return []
    const fragment = this.#rest.subarray(0, this.#restBytes)
    this.#rest = new Uint8Array(this.#fragmentSize)
    this.#restBytes = 0
    return [fragment]
  }

  /** Copies as many bytes as the fragment has room for, and returns their number. */
  #keep(bytes: Uint8Array): number {
    const length = Math.min(bytes.length, this.#fragmentSize - this.#restBytes)
    this.#rest.set(bytes.subarray(0, length), this.#restBytes)
    this.#restBytes += length
    return length
  }
}
