/** The draw of a round of bingo, written from docs/SERVICES.md with node:crypto alone, as a player who checks it would. */
import { createHmac } from "node:crypto"

export const checkedDrawOf = (secret: Uint8Array, round: number): ReadonlyArray<number> => {
  const drawn: Array<number> = []
  for (let counter = 0; drawn.length < 5; counter++) {
    const text = round.toString(16).padStart(16, "0") + counter.toString(16).padStart(16, "0")
    const value = createHmac("sha256", secret).update(Buffer.from(text, "hex")).digest().readUInt32BE(0)
    const number = value % 47 + 1
    if (value < 4_294_967_296 - 4_294_967_296 % 47 && !drawn.includes(number)) drawn.push(number)
  }
  return drawn.toSorted((one, other) => one - other)
}
