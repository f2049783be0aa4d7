/** A set that keeps the newest members only. */
export class NewestSet<A> {
  readonly #members = new Set<A>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  has(member: A): boolean {
    return this.#members.has(member)
  }

  /** Adds a member, or makes it the newest one. */
  add(member: A): void {
    this.#members.delete(member)
    this.#members.add(member)
    if (this.#members.size <= this.#most) return
    for (const oldest of this.#members) {
      this.#members.delete(oldest)
      return
    }
  }

  /** Returns whether it was a member. */
  delete(member: A): boolean {
    return this.#members.delete(member)
  }
}
