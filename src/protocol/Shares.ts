/**
 * Divides a bounded resource among the holders that ask for it, such as the sessions of a server among the hosts that
 * open them. A holder that has little always gets more; one that has much gets more only while at least twice as much
 * is free. So a single holder never takes more than a third, and somebody else always fits. A last part may be kept for holders that
 * have nothing yet, so that many others with a little each do not use up everything.
 */
export class Shares {
  readonly #total: number
  readonly #least: number
  readonly #forNewcomers: number
  readonly #held = new Map<string, number>()
  #taken = 0

  /** `total` is the amount of the resource, `least` what each holder may have while there is some, beside what is kept `forNewcomers`. */
  constructor(total: number, least: number, forNewcomers = 0) {
    this.#total = total
    this.#least = least
    this.#forNewcomers = forNewcomers
  }

  /** The amount that no holder has. */
  get free(): number {
    return this.#total - this.#taken
  }

  /** Whether more than half is taken. */
  get isScarce(): boolean {
    return this.#taken > this.#total / 2
  }

  /** The amount that `holder` has. */
  heldBy(holder: string): number {
    return this.#held.get(holder) ?? 0
  }

  /** Takes `amount` for `holder`. Returns false, and takes nothing, when its share does not allow it. */
  take(holder: string, amount = 1): boolean {
    const before = this.heldBy(holder)
    const held = before + amount
    const kept = before === 0 ? 0 : this.#forNewcomers
    if (amount > this.free - kept || held > Math.max(this.#least, this.free / 2)) return false
    this.#held.set(holder, held)
    this.#taken += amount
    return true
  }

  /** Gives back what {@link take} has taken. */
  give(holder: string, amount = 1): void {
    const held = this.heldBy(holder) - amount
    if (held > 0) this.#held.set(holder, held)
    else this.#held.delete(holder)
    this.#taken -= amount
  }
}
