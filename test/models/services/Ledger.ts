/** The messages that a server has received so far, by the address of the client. */
export class Ledger {
  readonly #messages = new Map<string, number>()
  #all = 0

  add(peer: string): void {
    this.#messages.set(peer, this.of(peer) + 1)
    this.#all++
  }

  /** Of one client, or of all. */
  of(peer: string | undefined): number {
    return peer === undefined ? this.#all : this.#messages.get(peer) ?? 0
  }
}
