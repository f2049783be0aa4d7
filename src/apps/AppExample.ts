/** What clients do in the example of an app, which `holub app show` runs. */
import type { Answer } from "./App.ts"

/** Clients are numbered 1, 2, 3 … in the order in which they join. */
export type Step =
  | { readonly _tag: "Join" }
  | { readonly _tag: "Say"; readonly client: number; readonly message: string | Uint8Array }
  | { readonly _tag: "Leave"; readonly client: number }
  | { readonly _tag: "Wait"; readonly millis: number }

export interface Example {
  /** The texts of `key:value,…`. */
  readonly config?: Readonly<Record<string, string>> | undefined
  readonly steps: ReadonlyArray<Step>
  /** What the host answers to questions about accounts. */
  readonly answer?: Answer | undefined
}
