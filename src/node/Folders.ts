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

/**
 * The folder of the keys and the known servers, `~/.local/state/holub`: they are neither configuration, which is copied to other machines, nor
 * data. On Windows it is in the profile that stays on this machine.
 */
export const stateFolder = (environment: Environment, platform: string = process.platform): string => {
  const local = environment["LOCALAPPDATA"] ?? ""
  return platform === "win32" && !isAbsolute(environment["XDG_STATE_HOME"] ?? "") && isAbsolute(local)
    ? join(local, "holub")
    : join(baseFolder("XDG_STATE_HOME", join(".local", "state"), environment), "holub")
}
