/** The tokens that one server has given out, and the address that each is good for. */
import type { Hello } from "../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { tokenBytes } from "../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { form, formAt, headerBytes } from "../../../src/protocol/flock/wire/Packet.ts"
import { Violation } from "../Ledger.ts"

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1")

export class Tokens {
  readonly #addresses = new Map<string, string>()

  /** HELLO of an address is answered, and was given an entry in the table if it `isNew`. */
  onAnswer(hello: Hello, isNew: boolean, answer: Uint8Array, address: string): void {
    if (formAt(answer, 0) === form.retry) {
      this.#addresses.set(textOf(answer.subarray(headerBytes, headerBytes + tokenBytes)), address)
    } else if (isNew && hello.token.length > 0 && this.#addresses.get(textOf(hello.token)) !== address) {
      throw new Violation("a token is good for its address only", address)
    }
  }
}
