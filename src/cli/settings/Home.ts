/** Where the person who runs the program is at home, and paths that begin there. */
import { homedir, userInfo } from "node:os"
import { resolve } from "node:path"

/** Absolute. An empty HOME is none: then it is what the system knows. */
export const home = (environment: Readonly<Record<string, string | undefined>> = process.env): string =>
  resolve(environment["HOME"] || homedir() || userInfo().homedir)

/** A path whose `~/` no shell has replaced, as it stands in a file or in the environment. */
export const fromHome = (path: string): string => /^~(?=\/|$)/.test(path) ? home() + path.slice(1) : path
