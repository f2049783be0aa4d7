/** The rows of the table of commands (Commands.ts) about the accounts in the store of a server. */
import * as Args from "@effect/cli/Args"
import { required } from "../settings/Setting.ts"
import * as Settings from "../settings/Settings.ts"
import { define } from "./Definition.ts"

const settings = { store: required(Settings.services.store), ...Settings.printed }
const operands = Args.repeated(Args.text({ name: "NAME" }))
const codes = ["3 the database does not answer", "8 the store cannot be used, or a server uses its file"]

const accountAdd = define({
  name: "account add",
  summary: "make an account with a password",
  usage: "holub account add NAME --store STORE [options]",
  operands,
  settings,
  examples: [["holub account add ala --store holub.store", "make the account ala, and type its password"]],
  exitCodes: ["0 made", "2 usage, or a wrong NAME or password", ...codes, "9 NAME is taken"],
  run: async () => (await import("./OperatedAccounts.ts")).add
})

const accountPasswd = define({
  name: "account passwd",
  summary: "replace a password, and revoke the tokens",
  usage: "holub account passwd NAME --store STORE [options]",
  operands,
  settings,
  examples: [["holub account passwd ala --store holub.store", "type the new password of ala"]],
  exitCodes: ["0 changed", "2 usage, or there is no such account", ...codes],
  run: async () => (await import("./OperatedAccounts.ts")).passwd
})

const accountList = define({
  name: "account list",
  summary: "list the accounts",
  usage: "holub account list --store STORE [options]",
  settings,
  examples: [["holub account list --store holub.store --json", "list them for a script"]],
  exitCodes: ["0 listed", "2 usage", ...codes],
  run: async () => (await import("./OperatedAccounts.ts")).list
})

const accountForget = define({
  name: "account forget",
  summary: "remove an account, and erase what it has written",
  usage: "holub account forget NAME --store STORE [options]",
  operands,
  settings,
  examples: [["holub account forget ala --store holub.store", "remove ala with keys, tokens and texts"]],
  exitCodes: ["0 removed", "2 usage, or there is no such account", ...codes],
  run: async () => (await import("./OperatedAccounts.ts")).forget
})

const accountInvite = define({
  name: "account invite",
  summary: "invite one person to make an account",
  usage: "holub account invite --store STORE [options]",
  settings,
  examples: [["holub account invite --store holub.store", "print one, for a server with --register invite"]],
  exitCodes: ["0 printed", "2 usage", ...codes],
  run: async () => (await import("./OperatedAccounts.ts")).invite
})

const accountKey = define({
  name: "account key",
  summary: "let a key log in to an account",
  usage: "holub account key NAME KEY --store STORE [options]",
  operands,
  settings,
  examples: [[
    "holub account key ala KEY --store holub.store",
    "add an identity, as its owner has it from holub key show"
  ]],
  exitCodes: ["0 added", "2 usage, or there is no such account", ...codes, "9 an account has the key"],
  run: async () => (await import("./OperatedAccounts.ts")).key
})

export const accountCommands = [
  accountAdd,
  accountPasswd,
  accountList,
  accountForget,
  accountInvite,
  accountKey
] as const
