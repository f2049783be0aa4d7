/** The list of all apps, in the order of `holub app list`. */
import type { AnyApp } from "./App.ts"
import { letstalk } from "./chat/LetsTalk.ts"
import { echo } from "./dialogues/Echo.ts"
import { bingo } from "./games/Bingo.ts"

export const apps: ReadonlyArray<AnyApp> = [echo, letstalk, bingo]

/** The app with this name. */
export const named = (name: string): AnyApp | undefined => apps.find((app) => app.name === name)
