/** A process that prints whether its V8 accepts the code beside the program at the given path. */
import { fromCode } from "../../src/cli/Compiled.ts"

const [path = ""] = process.argv.slice(2)
process.stdout.write(fromCode(path)?.cachedDataRejected === false ? "taken" : "not taken")
