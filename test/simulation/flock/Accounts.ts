/** The bytes that each address has sent to a server and received from it: an address that has proved nothing gets no more than it sent. */
import { crcBytes } from "../../../src/protocol/flock/handshake/Protection.ts"
import { readAll } from "../../../src/protocol/flock/wire/Frame.ts"
import { dataHeaderBytes } from "../../../src/protocol/flock/wire/Packet.ts"
import { Violation } from "../Ledger.ts"

export class Accounts {
  readonly #creditBytes = new Map<string, number>()

  /** A datagram of `bytes` has arrived from the address, authentic or not. */
  onReceived(address: string, bytes: number): void {
    this.#creditBytes.set(address, (this.#creditBytes.get(address) ?? 0) + bytes)
  }

  /** A datagram is sent to an address that is not the path of its session. */
  onSent(address: string, datagram: Uint8Array): void {
    const frames = readAll(datagram, dataHeaderBytes, datagram.length - crcBytes) ?? []
    if (frames.length !== 1 || frames[0]?._tag !== "PathChallenge") {
      throw new Violation("no data is sent to an unvalidated address", address)
    }
    const creditBytes = (this.#creditBytes.get(address) ?? 0) - datagram.length
    this.#creditBytes.set(address, creditBytes)
    if (creditBytes < 0) throw new Violation("an address gets no more bytes than came from it", address)
  }
}
