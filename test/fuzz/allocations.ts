/** Measures the memory that a function allocates. */

/** The total size of the `Uint8Array`s that `act` creates by length, in bytes. */
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
