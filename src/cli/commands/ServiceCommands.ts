/** The rows of the table of commands (Commands.ts) about apps and conversations. */
import * as Args from "@effect/cli/Args"
import * as Settings from "../settings/Settings.ts"
import { define } from "./Definition.ts"

const { printed, shown } = Settings

export const join = define({
  name: "join",
  summary: "talk to an app of a server, or to any server of plain programs",
  usage: "holub join HOST[:PORT][/APP] [options], holub join --raw URL [options]",
  operands: Args.repeated(Args.text({ name: "HOST" })),
  settings: {
    ...Settings.joining,
    ...Settings.protocol,
    ...Settings.security,
    ...Settings.trusting,
    ...Settings.simulation,
    ...shown
  },
  examples: [
    ["holub join server.example/words", "play words at a holub server"],
    ["holub join --raw tcp://192.0.2.7:8005 --app calculator", "be the client of a plain program over TCP"]
  ],
  exitCodes: [
    "0 the conversation is over",
    "2 usage, or no APP is named",
    "3 unreachable",
    "4 not authenticated",
    "5 peer lost",
    "6 declined",
    "8 local file"
  ],
  run: async () => (await import("./Join.ts")).start
})

export const talk = define({
  name: "talk",
  summary: "send and receive raw datagrams, one for each line",
  usage: "holub talk [--listen [HOST:]PORT] [--to HOST:PORT] [options], holub talk --group GROUP:PORT [options]",
  settings: { ...Settings.talking, to: Settings.message.to, once: Settings.serving.once, ...printed },
  examples: [
    ["holub talk --listen 8005 --to 192.0.2.7:8006", "talk with a program that sends to port 8005 and listens at 8006"],
    ["holub talk --group 239.255.40.40:4041", "talk with everybody in a multicast group"]
  ],
  exitCodes: ["0 the conversation is over", "2 usage, or the port is in use", "3 unreachable"],
  run: async () => (await import("./TalkDatagrams.ts")).start
})

export const appList = define({
  name: "app list",
  summary: "list the apps that a server can host",
  usage: "holub app list [options]",
  settings: printed,
  isLogged: false,
  examples: [["holub app list", "see their names, their ports and what they do"]],
  exitCodes: ["0 listed", "2 usage"],
  run: async () => (await import("./AppCommands.ts")).list
})

export const appShow = define({
  name: "app show",
  summary: "show what an app says on the wire, with an example",
  usage: "holub app show NAME [options]",
  operands: Args.repeated(Args.text({ name: "NAME" })),
  settings: { language: Settings.services.language, ...printed },
  isLogged: false,
  examples: [["holub app show words", "see its messages, its ports and the keys of its configuration"]],
  exitCodes: ["0 shown", "2 usage, or there is no such app"],
  run: async () => (await import("./AppCommands.ts")).show
})
