/** The default for the first file to send: the file of the current folder that changed last. */
import { readdirSync, statSync } from "node:fs"
import * as TextLimits from "../text/TextLimits.ts"
import { answerFor } from "./PathText.ts"

/** The path as it would be typed; empty when there is no file. */
export const newestFile = (): string => {
  try {
    const names = readdirSync(".", { withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
      .map(({ name }) => name)
    if (names.length > TextLimits.offeredFiles) return ""
    const [newest] = names.map((name) => ({ name, at: statSync(name).mtimeMs })).toSorted((a, b) => b.at - a.at)
    return newest === undefined ? "" : answerFor(newest.name)
  } catch {
    // No default: the folder cannot be read, or a file was removed in the meantime.
    return ""
  }
}
