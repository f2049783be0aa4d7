/**
 * The keys of the hosts of a world, and how they make handshakes and protections: Noise over the fast functions for tests, or the
 * handshake without keys.
 */
import { clearHandshake, type MakeHandshake } from "../../../src/protocol/flock/handshake/Handshake.ts"
import type { ProtectionName } from "../../../src/protocol/flock/handshake/Protection.ts"
import { aeadProtection } from "../../../src/security/AeadProtection.ts"
import type { KeyPair, Shape } from "../../../src/security/Crypto.ts"
import { type Gate, gateOf } from "../../../src/security/Gate.ts"
import { noiseHandshake } from "../../../src/security/NoiseHandshake.ts"
import { toyAead, toyCrypto } from "../../security/toyCrypto.ts"
import { Random } from "../Random.ts"
import { KeyUses } from "./KeyUses.ts"
import type { FlockScript } from "./Script.ts"
import { crc } from "./WorldParts.ts"

/** Makes the draws of cryptography different from those of sessions. */
const seedOfKeys = 7919

export class Keys {
  readonly protection: ProtectionName
  readonly crypto: Shape
  /** The static key pair of every server of the world. */
  readonly host: KeyPair
  readonly clients: ReadonlyArray<KeyPair>
  /** The attacker's own key pair, which nobody expects. */
  readonly attacker: KeyPair
  readonly gate: Gate | undefined
  readonly uses = new KeyUses()
  /** Keys of packets that were made so far, at all ends: a new epoch makes one. */
  packetKeys = 0
  readonly #psk: Uint8Array | undefined
  readonly #epochPackets: number

  constructor({ clients, security, seed = 0 }: FlockScript) {
    const random = new Random(seed + seedOfKeys)
    const toy = toyCrypto(() => random.number(0, 1))
    this.protection = security?.protection ?? "crc"
    this.#epochPackets = security?.epochPackets ?? 2 ** 20
    this.crypto = {
      ...toy,
      encrypt: (key, nonce, associated, plaintext) => {
        // REKEY encrypts the same zeros at both ends.
        if (nonce !== "rekey") this.uses.onEncrypt(key, nonce, associated, plaintext)
        return toy.encrypt(key, nonce, associated, plaintext)
      }
    }
    this.host = toy.generate().keyPair
    this.attacker = toy.generate().keyPair
    this.clients = clients.map(() => toy.generate().keyPair)
    this.#psk = this.protection === "aead-psk" ? toy.random(32) : undefined
    this.gate = this.#psk === undefined ? undefined : gateOf(toy, this.#psk)
  }

  get hasKeys(): boolean {
    return this.protection !== "crc"
  }

  /** The epoch of a packet number. */
  readonly epochOf = (packetNumber: number): number => this.hasKeys ? Math.floor(packetNumber / this.#epochPackets) : 0

  /** The handshakes of a host with this key pair. */
  handshakes(local: KeyPair): MakeHandshake {
    const { crypto, protection } = this
    if (protection === "crc") return clearHandshake(crc)
    const aead = toyAead((key, number) => this.uses.onSeal(key, number, this.#epochPackets))
    return noiseHandshake({
      crypto,
      local,
      psk: this.#psk,
      makeProtection: ({ receive, send }) =>
        aeadProtection({
          name: protection,
          aead: {
            packetKey: (key) => {
              this.packetKeys++
              return aead.packetKey(key)
            }
          },
          encrypt: crypto.encrypt,
          sealKey: send,
          openKey: receive,
          epochPackets: this.#epochPackets
        })
    })
  }

  /** The handshakes of the attacker: it has its own key pair, and guesses a shared key. */
  attackersHandshakes(): MakeHandshake {
    const { attacker: local, crypto } = this
    const psk = this.#psk === undefined ? undefined : new Uint8Array(32)
    return noiseHandshake({
      crypto,
      local,
      psk,
      makeProtection: () => {
        throw new Error("the attacker has no session")
      }
    })
  }
}
