/** The folders of the user: home, the base folders of the XDG specification, and paths that begin with `~/`. */
import { homedir, userInfo } from "node:os"
import { isAbsolute, join, resolve } from "node:path"

export type Environment = Readonly<Record<string, string | undefined>>

/** The absolute path of the home folder. An empty HOME counts as unset: then the system's value is used. */
export const home = (environment: Environment = process.env): string =>
  resolve(environment["HOME"] || homedir() || userInfo().homedir)

/** A path from a file or the environment, where no shell has replaced `~/`. */
export const fromHome = (path: string): string => /^~(?=\/|$)/.test(path) ? home() + path.slice(1) : path

/** A folder of the XDG Base Directory Specification, in which a relative path counts as unset. */
export const baseFolder = (variable: string, underHome: string, environment: Environment): string => {
  const folder = environment[variable] ?? ""
  return isAbsolute(folder) ? folder : join(home(environment), underHome)
}
