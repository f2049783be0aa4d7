/** Both sides of a Noise handshake for tests, with keys that are injected or generated. */
import type { KeyPair, Shape } from "../../src/security/Crypto.ts"
import type { NoiseOptions } from "../../src/security/HandshakeState.ts"
import { noise, type NoiseState } from "../../src/security/Noise.ts"

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** 32 equal bytes: a private key that is easy to recognize. */
export const filled = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)

/** The same functions, but each key pair that they generate is that of `privateKey`. */
export const withEphemeral = (crypto: Shape, privateKey: Uint8Array): Shape => ({
  ...crypto,
  generate: () => ({ privateKey: privateKey.slice(), keyPair: crypto.keyPair(privateKey) })
})

/** Counts what a side computes with private keys. */
export const counting = (crypto: Shape, local: KeyPair) => {
  const counts = { agreed: 0, decrypted: 0 }
  const counted = (pair: KeyPair): KeyPair => ({
    ...pair,
    agree: (peerKey) => {
      counts.agreed++
      return pair.agree(peerKey)
    }
  })
  const decrypt: Shape["decrypt"] = (...text) => {
    counts.decrypted++
    return crypto.decrypt(...text)
  }
  const generate: Shape["generate"] = () => {
    const { keyPair, privateKey } = crypto.generate()
    return { privateKey, keyPair: counted(keyPair) }
  }
  return { counts, local: counted(local), crypto: { ...crypto, decrypt, generate } }
}

export interface PartiesOptions {
  readonly initiator: Shape
  readonly responder: Shape
  readonly psk?: Uint8Array | undefined
  readonly prologue?: Uint8Array
  /** What differs on the responder's side. */
  readonly other?: Partial<NoiseOptions>
}

/** The first states of both sides. Their static private keys are 32 bytes 1 and 2. */
export const parties = ({ initiator, other, prologue = utf8("prologue"), psk, responder }: PartiesOptions) => ({
  initiator: noise({ crypto: initiator, role: "initiator", prologue, local: initiator.keyPair(filled(1)), psk }),
  responder: noise({
    crypto: responder,
    role: "responder",
    prologue,
    local: responder.keyPair(filled(2)),
    psk,
    ...other
  })
})

/** A message that arrives unchanged. */
export const passed = (from: NoiseState, to: NoiseState, payload: Uint8Array) => {
  const { message, next } = from.write(payload)
  const read = to.read(message)
  if (read === undefined) throw new Error("a genuine message is refused")
  return { message, from: next, to: read.next, payload: read.payload }
}

/** A whole handshake: the states before each message, its bytes and what was read, and the last states. */
export const exchanged = (
  first: { readonly initiator: NoiseState; readonly responder: NoiseState },
  payloads: readonly [Uint8Array, Uint8Array, Uint8Array] = [utf8("one"), utf8("two"), utf8("three")]
) => {
  const one = passed(first.initiator, first.responder, payloads[0])
  const two = passed(one.to, one.from, payloads[1])
  const three = passed(two.to, two.from, payloads[2])
  return {
    messages: [one, two, three],
    /** The states that read the messages. */
    readers: [first.responder, one.from, two.from],
    initiator: three.from,
    responder: three.to
  } as const
}
