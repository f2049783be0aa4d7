/**
 * Removes the commands of telnet from the input of a connection (RFC 854, RFC 855): a telnet client sends them by itself. They are not
 * answered, which refuses every option. 0xFF twice is the byte 0xFF; before a byte that is no command, 0xFF is a byte like others.
 */
import type { FramingFailure } from "./Framing.ts"
import * as Limits from "./FramingLimits.ts"

/** Interpret as command. */
const iac = 0xff
/** End of a subnegotiation. */
const se = 0xf0
/** Begin of a subnegotiation. */
const sb = 0xfa
/** The first and the last of the commands that an option follows: WILL, WONT, DO, DONT. */
const will = 0xfb
const dont = 0xfe

/** Where the input stands. */
type State = "Data" | "Command" | "Option" | "Subnegotiation" | "SubnegotiationCommand"

const tooLong: FramingFailure = {
  reason: "Malformed",
  message: `a telnet subnegotiation is longer than ${Limits.subnegotiationBytes} bytes`
}

export class TelnetFilter {
  #state: State = "Data"
  #subnegotiationBytes = 0
  failure: FramingFailure | undefined

  /** The bytes without commands; `bytes` itself where there are none. After a failure those before it. */
  handleBytes(bytes: Uint8Array): Uint8Array {
    if (this.#state === "Data" && !bytes.includes(iac)) return bytes
    // A 0xFF at the end of the read before may be a byte.
    const kept = new Uint8Array(bytes.length + 1)
    let length = 0
    for (const byte of bytes) {
      switch (this.#state) {
        case "Data":
          if (byte === iac) this.#state = "Command"
          else kept[length++] = byte
          break
        case "Command":
          this.#state = this.#after(byte)
          if (this.#state !== "Data") break
          if (byte === iac || byte < se) kept[length++] = iac
          if (byte < se) kept[length++] = byte
          break
        case "Option":
          this.#state = "Data"
          break
        case "Subnegotiation":
        case "SubnegotiationCommand":
          if (++this.#subnegotiationBytes > Limits.subnegotiationBytes) {
            this.failure = tooLong
            return kept.subarray(0, length)
          }
          this.#state = this.#within(byte)
          break
      }
    }
    return kept.subarray(0, length)
  }

  /** What the end of the input leaves: a last 0xFF that nothing follows is a byte. */
  handleEnd(): Uint8Array {
    return this.#state === "Command" ? Uint8Array.of(iac) : new Uint8Array(0)
  }

  #after(command: number): State {
    this.#subnegotiationBytes = 0
    return command === sb ? "Subnegotiation" : command >= will && command <= dont ? "Option" : "Data"
  }

  /** The state after a byte of a subnegotiation, which ends with IAC SE. */
  #within(byte: number): State {
    if (this.#state === "SubnegotiationCommand") return byte === se ? "Data" : "Subnegotiation"
    return byte === iac ? "SubnegotiationCommand" : "Subnegotiation"
  }
}

/** The bytes as a telnet program has to get them: each 0xFF twice. `bytes` itself where there is none. */
export const escaped = (bytes: Uint8Array): Uint8Array => {
  if (!bytes.includes(iac)) return bytes
  const target = new Uint8Array(2 * bytes.length)
  let length = 0
  for (const byte of bytes) {
    target[length++] = byte
    if (byte === iac) target[length++] = iac
  }
  return target.subarray(0, length)
}
