/** The rows of the table of commands (Commands.ts) about rooms, for scripts. */
import * as Args from "@effect/cli/Args"
import * as Settings from "../settings/Settings.ts"
import { define } from "./Definition.ts"

const { everywhere, nick } = Settings.roomClients
const ofClient = {
  ...Settings.protocol,
  ...Settings.security,
  ...Settings.trusting,
  ...Settings.simulation,
  ...Settings.shown
}
const operands = Args.repeated(Args.text({ name: "HOST/ROOM" }))
const codes = ["3 unreachable", "4 not authenticated", "6 declined", "8 local file"]

export const say = define({
  name: "say",
  summary: "post texts in a room of a server",
  usage: "holub say HOST[:PORT]/ROOM [TEXT…] [options]",
  operands,
  settings: { nick, everywhere, ...ofClient },
  examples: [
    ["holub say alpha.example/hall the build is green", "post a text"],
    ["make 2>&1 | holub say alpha.example/builds --nick ci", "post each line of standard input"]
  ],
  exitCodes: ["0 all are on the server's disk", "2 usage", "5 lost, or not everywhere in time", ...codes],
  run: async () => (await import("./Say.ts")).start
})

export const follow = define({
  name: "follow",
  summary: "print what is said in a room, from now on",
  usage: "holub follow HOST[:PORT]/ROOM [options]",
  operands,
  settings: { nick, last: Settings.roomClients.last, count: Settings.roomClients.count, ...ofClient },
  examples: [
    ["holub follow alpha.example/hall --json", "print each event as an object, for a script"],
    ["holub follow alpha.example/hall --count 1", "wait for the next post"]
  ],
  exitCodes: ["0 as many posts as --count wants", "2 usage", "5 peer lost", ...codes],
  run: async () => (await import("./Follow.ts")).start
})
