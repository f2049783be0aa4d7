/** What clients do in the example of an app, which `holub app show` runs. */

/** Clients are numbered 1, 2, 3 … in the order in which they join. */
export type Step =
  | { readonly _tag: "Join" }
  | { readonly _tag: "Say"; readonly client: number; readonly message: string | Uint8Array }
  | { readonly _tag: "Leave"; readonly client: number }
  | { readonly _tag: "Wait"; readonly millis: number }
