/** Measures and concatenates content that is held as a list of blocks. */

/** The total length of the blocks, in bytes. */
export const sizeOf = (blocks: ReadonlyArray<Uint8Array>): number =>
  blocks.reduce((bytes, block) => bytes + block.length, 0)

/** All blocks concatenated, as a new array. */
export const joined = (blocks: ReadonlyArray<Uint8Array>): Uint8Array => {
  const bytes = new Uint8Array(sizeOf(blocks))
  let offset = 0
  for (const block of blocks) {
    bytes.set(block, offset)
    offset += block.length
  }
  return bytes
}
