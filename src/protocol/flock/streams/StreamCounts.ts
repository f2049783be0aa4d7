/**
 * How many streams of a session each side may open (RFC 9000 §4.6), and has opened. It counts; which streams there are, and
 * what they carry, it is not told.
 */
export class StreamCounts {
  /** What the peer may have open at once. */
  readonly #theirMost: number
  #ours = 0
  #oursAllowed: number
  #theirs = 0
  #theirsAllowed: number
  #theirsOver = 0
  #isDue = false

  constructor(oursAllowed: number, theirMost: number) {
    this.#oursAllowed = oursAllowed
    this.#theirMost = theirMost
    this.#theirsAllowed = theirMost
  }

  /** How many we have opened, ever. */
  get ours(): number {
    return this.#ours
  }

  /** How many the peer has opened, ever. */
  get theirs(): number {
    return this.#theirs
  }

  /** How many the peer may open, ever. */
  get theirsAllowed(): number {
    return this.#theirsAllowed
  }

  /** MAX_STREAMS is to be told. */
  get isDue(): boolean {
    return this.#isDue
  }

  /** The index of a stream of ours; undefined while the peer allows no more. */
  openOurs(): number | undefined {
    return this.#ours < this.#oursAllowed ? this.#ours++ : undefined
  }

  /** The index of the next stream of the peer's. */
  openTheirs(): number {
    return this.#theirs++
  }

  /** The peer allows so many. False when that is no news. */
  allow(count: number): boolean {
    if (count <= this.#oursAllowed) return false
    this.#oursAllowed = count
    return true
  }

  /** A stream of the peer's is over: it may open another. */
  onTheirsOver(): void {
    this.#theirsOver++
    if (this.#theirsAllowed - this.#theirsOver > this.#theirMost / 2) return
    this.#theirsAllowed = this.#theirsOver + this.#theirMost
    this.#isDue = true
  }

  /** What MAX_STREAMS tells. */
  tell(): number {
    this.#isDue = false
    return this.#theirsAllowed
  }

  /** MAX_STREAMS was lost. */
  tellAgain(): void {
    this.#isDue = true
  }
}
