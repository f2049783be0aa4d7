/** The completions of each shell, and the line by which a file is known to hold them. */
import { bash } from "./completions/Bash.ts"
import { fish } from "./completions/Fish.ts"
import { zsh } from "./completions/Zsh.ts"
import type { Shell } from "./Shells.ts"

/** Stands in every script; a file without it is somebody else's. */
export const marker = "# Made by `holub completions`, which writes it anew: what you change here is lost."

export const script = (shell: Shell): string => scripts[shell](marker)

const scripts: Readonly<Record<Shell, (marker: string) => string>> = { bash, fish, zsh }
