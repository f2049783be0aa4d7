/** The file that a person most likely means before one was named: the last that changed in the current folder. */
import { readdirSync, statSync } from "node:fs"
import * as TextLimits from "../text/TextLimits.ts"
import { answerFor } from "./PathText.ts"

/** As it would be typed; empty where there is none. */
export const newestFile = (): string => {
  try {
    const names = readdirSync(".", { withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
      .map(({ name }) => name)
    if (names.length > TextLimits.offeredFiles) return ""
    const [newest] = names.map((name) => ({ name, at: statSync(name).mtimeMs })).toSorted((a, b) => b.at - a.at)
    return newest === undefined ? "" : answerFor(newest.name)
  } catch {
    // A folder that cannot be read, or a file that has just gone: then nothing is offered.
    return ""
  }
}
