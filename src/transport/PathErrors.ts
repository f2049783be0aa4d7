/**
 * Decides when errors that the network reports about sent datagrams, such as ICMP messages, are final. Any host can forge one, a
 * server that restarts causes true ones, and the first message of a router with a smaller MTU only informs this system. So a
 * single report ends nothing: several in a row do, each about another datagram.
 */

/** The reports about one path, since progress was made on it. */
export class PathErrors {
  #reports = 0
  /** How many datagrams were sent at the last counted report. */
  #sentAtReport = 0

  /**
   * Counts a report, after `sentDatagrams` sends in total. Returns whether it is the `limit`-th in a row. A second report without
   * a send between them is not counted.
   */
  isFinal(sentDatagrams: number, limit: number): boolean {
    if (sentDatagrams <= this.#sentAtReport) return false
    this.#sentAtReport = sentDatagrams
    return ++this.#reports >= limit
  }

  /** The peer has answered: earlier reports do not count any more. */
  onProgress(): void {
    this.#reports = 0
  }
}
