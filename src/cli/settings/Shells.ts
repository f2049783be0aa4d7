/** The shells whose completions can be made. */
export const shells = ["bash", "zsh", "fish"] as const
export type Shell = (typeof shells)[number]
