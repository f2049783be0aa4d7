/**
 * The draws of bingo, which everybody can check (docs/SERVICES.md, "bingo"). The server sends the SHA-256 of a round's secret of 32 bytes
 * before it takes tickets, and the secret after the draw. Blocks are HMAC-SHA-256(secret, round ‖ counter): round and counter are 8
 * bytes each, big-endian; the counter is 0, 1, 2, …. The first 4 bytes of a block, big-endian, are a value: rejected if it is at least
 * 2³² − 2³² mod 47, else the number value mod 47 + 1, which is drawn unless it has been drawn before. Five numbers are a draw.
 */
import type * as Crypto from "../../security/Crypto.ts"
import * as Chance from "../Chance.ts"

/** The numbers are 1 to this one. */
export const mostNumber = 47

/** Numbers of a draw and of a ticket. */
export const numbersOfDraw = 5

/** The five numbers of a round, in ascending order. */
export const drawOf = (
  crypto: Pick<Crypto.Shape, "hmac">,
  secret: Uint8Array,
  round: number
): ReadonlyArray<number> => {
  const prefix = new Uint8Array(8)
  new DataView(prefix.buffer).setBigUint64(0, BigInt(round))
  const drawn = new Set<number>()
  let chance = Chance.of({ hmac: (key, ...parts) => crypto.hmac(key, prefix, ...parts) }, secret)
  while (drawn.size < numbersOfDraw) {
    const [value, rest] = Chance.below(chance, mostNumber)
    drawn.add(value + 1)
    chance = rest
  }
  return Array.from(drawn).toSorted((one, other) => one - other)
}

/** The numbers of a ticket in ascending order, with any separators; undefined unless they are five different ones of 1 to 47. */
export const ticketOf = (text: string): ReadonlyArray<number> | undefined => {
  const numbers = Array.from(text.matchAll(/\d+/g), ([digits]) => Number(digits))
  const isTicket = numbers.length === numbersOfDraw && new Set(numbers).size === numbersOfDraw &&
    numbers.every((number) => number >= 1 && number <= mostNumber)
  return isTicket ? numbers.toSorted((one, other) => one - other) : undefined
}
