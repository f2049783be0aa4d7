/** Content that came in blocks, as one. */

/** Bytes of all blocks together. */
export const sizeOf = (blocks: ReadonlyArray<Uint8Array>): number =>
  blocks.reduce((bytes, block) => bytes + block.length, 0)

/** A copy of all blocks, one behind the other. */
export const joined = (blocks: ReadonlyArray<Uint8Array>): Uint8Array => {
  const bytes = new Uint8Array(sizeOf(blocks))
  let at = 0
  for (const block of blocks) {
    bytes.set(block, at)
    at += block.length
  }
  return bytes
}
