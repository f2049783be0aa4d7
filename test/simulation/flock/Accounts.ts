/** The bytes that each address has sent to a server and received from it: an address that has proved nothing gets no more than it sent. */
import { crcBytes } from "../../../src/protocol/flock/handshake/Protection.ts"
import { readAll } from "../../../src/protocol/flock/wire/Frame.ts"
import { dataHeaderBytes, form, formAt } from "../../../src/protocol/flock/wire/Packet.ts"
import { Violation } from "../Ledger.ts"

export class Accounts {
  readonly #creditBytes = new Map<string, number>()
  /** Addresses at which a client has proved to receive. */
  readonly #proved = new Set<string>()

  /** A datagram of `bytes` has arrived from the address, authentic or not. */
  onReceived(address: string, bytes: number): void {
    this.#creditBytes.set(address, (this.#creditBytes.get(address) ?? 0) + bytes)
  }

  /** A client has answered from the address what only somebody who receives there can answer. */
  prove(address: string): void {
    this.#proved.add(address)
  }

  /** A datagram is sent to an address that is not the path of its session. `clear` is the datagram in clear. */
  onSent(address: string, clear: Uint8Array): void {
    if (formAt(clear, 0) === form.data) this.#checkChallenge(address, clear)
    if (this.#proved.has(address)) return
    const creditBytes = (this.#creditBytes.get(address) ?? 0) - clear.length
    this.#creditBytes.set(address, creditBytes)
    if (creditBytes < 0) throw new Violation("an address gets no more bytes than came from it", address)
  }

  /** An answer to a single datagram of `causeBytes`, which may go to an address that is proved. */
  onAnswered(address: string, answer: Uint8Array, causeBytes: number): void {
    this.onSent(address, answer)
    if (answer.length > causeBytes) {
      throw new Violation(
        "no answer is longer than its cause",
        `${answer.length} bytes for ${causeBytes} to ${address}`
      )
    }
  }

  #checkChallenge(address: string, clear: Uint8Array): void {
    const frames = readAll(clear, dataHeaderBytes, clear.length - crcBytes) ?? []
    if (frames.length !== 1 || frames[0]?._tag !== "PathChallenge") {
      throw new Violation("no data is sent to an unvalidated address", address)
    }
  }
}
