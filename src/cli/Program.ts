/** The program behind the executable, in one file of its own when built: from the arguments, with Node's services. */
import { start } from "./Start.ts"

export const run = (argv: ReadonlyArray<string>): Promise<void> =>
  start(argv, async () => (await import("../node/NodeServices.ts")).layer)
