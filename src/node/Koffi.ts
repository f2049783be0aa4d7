/**
 * The package koffi, which calls functions of C. It is optional: if it is absent or fails, the reason is given instead. It is
 * loaded at its first use, and once.
 */
import { createRequire } from "node:module"

/** A function of C: numbers in and out. A result of 64 bits above 2⁵³ is a BigInt. */
export type CFunction = (...values: Array<unknown>) => number

/** The used part of koffi. */
export interface Koffi {
  /** The functions of the running program and of its libraries, by their declarations in C. Fails for one that is absent. */
  readonly load: (path: null) => { readonly func: (declaration: string) => CFunction }
  readonly errno: () => number
  /** Address of the first element of an array. */
  readonly address: (array: Uint8Array) => bigint
}

/** The package name is not a literal in the import, so that a build or bundle without koffi succeeds. */
const koffiPackage: string = "koffi"

/** The entry point for import, and the one for require. */
const absences: ReadonlyArray<unknown> = ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"]

/** Loads koffi, or throws. */
export const requireKoffi = (): Koffi => {
  const loaded: Koffi = createRequire(import.meta.url)(koffiPackage)
  return loaded
}

/** Why koffi cannot be used, as a sentence without a full stop. */
export const reasonOf = (cause: unknown): string => {
  const isAbsent = cause instanceof Error && "code" in cause && absences.includes(cause.code)
  if (isAbsent) return "the package koffi is not installed"
  return `the package koffi does not work here: ${cause instanceof Error ? cause.message : String(cause)}`
}
