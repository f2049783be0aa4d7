/** The version of the package, put here when the program is built. */
import manifest from "../../../package.json" with { type: "json" }

export const version: string = manifest.version
