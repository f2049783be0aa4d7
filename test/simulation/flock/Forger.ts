/** Forges packets of handshakes as somebody can who has no keys but its own: CRC-32 and connection ids are no secrets. */
import type { MakeHandshake } from "../../../src/protocol/flock/handshake/Handshake.ts"
import {
  gateBytes,
  hello,
  hello2,
  hello3,
  prologueOf,
  read,
  requestOf,
  retry,
  tokenBytes,
  version,
  versions
} from "../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { encodeServer } from "../../../src/protocol/flock/handshake/HandshakePayload.ts"
import { sealWithCrc } from "../../../src/protocol/flock/handshake/Protection.ts"
import {
  form,
  headerBytes,
  readId,
  reset,
  resetTokenBytes,
  writeHeader,
  writeUint32
} from "../../../src/protocol/flock/wire/Packet.ts"
import type { Random } from "../Random.ts"
import type { Keys } from "./Keys.ts"
import { crc } from "./WorldParts.ts"

const parameters = {
  idleTimeoutMillis: 30_000,
  maxDatagramBytes: 65_507,
  maxData: 100_000,
  maxStreamData: 100_000,
  maxStreams: 16,
  maxAckDelayMicros: 5000,
  receiveBufferBytes: 212_992
}

export class Forger {
  readonly #keys: Keys
  readonly #random: Random
  readonly #handshakes: MakeHandshake

  constructor(keys: Keys, random: Random) {
    this.#keys = keys
    this.#random = random
    this.#handshakes = keys.attackersHandshakes()
  }

  random(length: number): Uint8Array {
    return new Uint8Array(length).map(() => this.#random.integer(0, 255))
  }

  serverIdOf(bytes: Uint8Array): number {
    return readId(bytes, headerBytes)
  }

  reset(id: number, token = this.random(resetTokenBytes)): Uint8Array {
    return reset(id, token)
  }

  /** HELLO2 with the attacker's key. */
  hello2(bytes: Uint8Array): Uint8Array | undefined {
    const packet = read(crc, bytes, 0, bytes.length)
    if (packet?.form !== form.hello) return undefined
    const reading = this.#handshakes("server", prologueOf(packet.request)).read(packet.message)
    const serverId = this.#random.integer(1, 2 ** 32)
    const resetToken = this.random(resetTokenBytes)
    const payload = encodeServer({ serverId, resetToken, versions: [version], nextKey: undefined, parameters })
    return reading && hello2(crc, packet.clientId, serverId, reading.next.write(payload).message)
  }

  /** HELLO3 with a message like that of `genuine`, but for one byte. */
  hello3(serverId: number, genuine: Uint8Array | undefined): Uint8Array {
    const packet = genuine && read(crc, genuine, 0, genuine.length)
    const message = packet?.form === form.hello3 ? packet.message.slice() : this.random(110)
    const at = this.#random.integer(0, message.length - 1)
    message[at] = (message[at] ?? 0) ^ 1
    return hello3(crc, serverId, message)
  }

  retry(bytes: Uint8Array): Uint8Array | undefined {
    const packet = read(crc, bytes, 0, bytes.length)
    return packet?.form === form.hello ? retry(crc, packet.clientId, this.random(tokenBytes)) : undefined
  }

  version(bytes: Uint8Array): Uint8Array | undefined {
    const packet = read(crc, bytes, 0, bytes.length)
    const offers = [{ version: version + 1, protections: ["aead" as const] }, {
      version,
      protections: ["crc" as const]
    }]
    return packet?.form === form.hello ? versions(crc, packet.clientId, offers) : undefined
  }

  /**
   * HELLO of the attacker. With `like`, it has the client's id. By `value` mod 4 it is: as it should be except for the gate, short,
   * of another version, or of another protection.
   */
  hello(like: Uint8Array | undefined, value: number): Uint8Array {
    const packet = like && read(crc, like, 0, like.length)
    const clientId = packet?.form === form.hello ? packet.clientId : this.#random.integer(2 ** 20, 2 ** 40)
    const kind = value % 4
    const request = requestOf(clientId, kind === 3 ? "crc" : this.#keys.protection)
    if (kind === 2) writeUint32(request, 0, version + 1)
    const { message } = this.#handshakes("client", prologueOf(request)).write(new Uint8Array(0))
    const gate = this.#keys.protection === "aead-psk" ? this.random(gateBytes) : new Uint8Array(gateBytes)
    const bytes = hello(crc, request, message, gate)
    if (kind !== 1) return bytes
    const short = bytes.slice(0, 150)
    writeHeader(short, 0, form.hello, 0, short.length)
    sealWithCrc(crc, short, 0, short.length - 4)
    return short
  }

  /** A HELLO with the token of a RETRY; undefined when `answer` is no RETRY. */
  withToken(bytes: Uint8Array, answer: Uint8Array): Uint8Array | undefined {
    const [packet, answered] = [read(crc, bytes, 0, bytes.length), read(crc, answer, 0, answer.length)]
    if (packet?.form !== form.hello || answered?.form !== form.retry) return undefined
    return hello(crc, packet.request, packet.message, packet.gate, answered.token)
  }
}
