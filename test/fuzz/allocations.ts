/** How much memory a piece of the program asks for. */

/** Bytes of the arrays that `act` asks for by their length. */
export const allocatedBy = (act: () => void): number => {
  const Original = globalThis.Uint8Array
  let bytes = 0
  globalThis.Uint8Array = new Proxy(Original, {
    construct: (target, args: ReadonlyArray<unknown>) => {
      if (typeof args[0] === "number") bytes += args[0]
      return Reflect.construct(target, args)
    }
  })
  try {
    act()
  } finally {
    globalThis.Uint8Array = Original
  }
  return bytes
}
