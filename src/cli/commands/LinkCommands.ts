/** The definitions of `holub link …`: the servers that a server is linked with. */
import * as Args from "@effect/cli/Args"
import { required } from "../settings/Setting.ts"
import * as Settings from "../settings/Settings.ts"
import { define } from "./Definition.ts"

const { printed } = Settings

const store = required(Settings.services.store)
const codes = ["2 usage", "3 the database cannot be reached", "8 the store cannot be used"]

export const linkAdd = define({
  name: "link add",
  summary: "link a server with another one: their rooms are the same on both",
  usage: "holub link add SERVER[@HOST[:PORT]] --key KEY --store STORE [options]",
  operands: Args.repeated(Args.text({ name: "SERVER" })),
  settings: { key: required(Settings.linking.key), acceptOnly: Settings.linking.acceptOnly, store, ...printed },
  examples: [
    ["holub link add beta.example --key KEY --store a.db", "dial beta.example, which has this key"],
    ["holub link add gamma --accept-only --key KEY --store a.db", "let the server gamma dial this one"]
  ],
  exitCodes: ["0 added", ...codes],
  run: async () => (await import("./Linking.ts")).add
})

export const linkList = define({
  name: "link list",
  summary: "list the linked servers",
  usage: "holub link list --store STORE [options]",
  settings: { store, ...printed },
  examples: [["holub link list --store a.db --json", "list them for a script"]],
  exitCodes: ["0 listed", ...codes],
  run: async () => (await import("./Linking.ts")).list
})

export const linkRemove = define({
  name: "link remove",
  summary: "end the link with a server; its events stay",
  usage: "holub link remove SERVER --store STORE [options]",
  operands: Args.repeated(Args.text({ name: "SERVER" })),
  settings: { store, ...printed },
  examples: [["holub link remove beta.example --store a.db", "take it from the table of links"]],
  exitCodes: ["0 removed", ...codes],
  run: async () => (await import("./Linking.ts")).remove
})
