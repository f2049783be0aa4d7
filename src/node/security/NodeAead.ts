/**
 * Encryption of packets by the fastest route that passes `KnownAnswer`: the functions of Node's OpenSSL through koffi in two calls
 * for a packet, in five, or node:crypto. The route is chosen with the first key: a program without one loads nothing.
 */
import * as Layer from "effect/Layer"
import type { PacketKey, Shape } from "../../security/Aead.ts"
import { Aead } from "../../security/Aead.ts"
import type { Koffi } from "../Koffi.ts"
import { reasonOf, requireKoffi } from "../Koffi.ts"
import { cipherObjects } from "./CipherObjects.ts"
import * as Evp from "./Evp.ts"
import { fiveCalls } from "./FiveCalls.ts"
import { failureOf } from "./KnownAnswer.ts"
import { twoCalls } from "./TwoCalls.ts"

type Route = (key: Uint8Array) => PacketKey

/** The route that `loadKoffi`, which may throw, allows. A route after the first one is named with the reason. */
export const make = (loadKoffi: () => Koffi = requireKoffi): Shape => {
  let chosen: readonly [name: string, packetKey: Route] | undefined
  const choice = () => chosen ??= choose(loadKoffi)
  return {
    get route() {
      return choice()[0]
    },
    packetKey: (key) => choice()[1](key)
  }
}

export const layer: Layer.Layer<Aead> = Layer.sync(Aead, () => make())

const choose = (loadKoffi: () => Koffi): readonly [string, Route] => {
  const evp = functions(loadKoffi)
  if (typeof evp === "string") return [`node:crypto, because ${evp}`, cipherObjects]
  const two = twoCalls(evp)
  const failureOfTwo = failureOf(two)
  if (failureOfTwo === undefined) return ["OpenSSL, two calls", two]
  const five = fiveCalls(evp)
  const failureOfFive = failureOf(five)
  if (failureOfFive === undefined) {
    return [`OpenSSL, five calls, because two calls fail a known-answer test: ${failureOfTwo}`, five]
  }
  return [`node:crypto, because calls of OpenSSL fail a known-answer test: ${failureOfFive}`, cipherObjects]
}

/** The functions of OpenSSL, or the reason of their absence. */
const functions = (loadKoffi: () => Koffi): Evp.Evp | string => {
  let koffi: Koffi
  try {
    koffi = loadKoffi()
  } catch (cause) {
    return reasonOf(cause)
  }
  try {
    return Evp.make(koffi)
  } catch (cause) {
    return `this Node has no functions of OpenSSL: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}
