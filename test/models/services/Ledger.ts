/** The messages that a server has received so far, by the address of the client. */
export class Ledger {
  readonly #messages = new Map<string, number>()
  #all = 0

  /** A new client at an address that an earlier one may have had. */
  begin(peer: string): void {
    this.#messages.delete(peer)
  }

  add(peer: string): void {
    this.#messages.set(peer, this.of(peer) + 1)
    this.#all++
  }

  /** Of one client, or of all. */
  of(peer: string | undefined): number {
    return peer === undefined ? this.#all : this.#messages.get(peer) ?? 0
  }
}
