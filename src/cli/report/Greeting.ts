/** The lines of a server that listens: its address, the command for other machines, and the missing encryption. */
import { networkInterfaces } from "node:os"
import { format, isLoopback } from "../../net/Address.ts"
import { defaultWire, type WireName } from "../../protocol/WireName.ts"
import * as Format from "../text/Format.ts"
import type { ReportEvent } from "./Report.ts"

/** The lines of a server; in the interactive mode (`isAsked`) an answer takes the place of a flag. */
export const linesOf = (
  { dir, host, port, wire }: Extract<ReportEvent, { type: "listening" }>,
  isAsked = false
): ReadonlyArray<string> => [
  `listening at ${format({ host, port })}, files go to ${Format.harmless(dir)}`,
  ...(isLoopback(host)
    ? [`only this machine can connect; ${isAsked ? "the address" : "--host"} 0.0.0.0 allows other machines`]
    : addressesOf(host).map((address) =>
      `from another machine: holub send ${wire === defaultWire ? "" : `--wire ${wire} `}--to ${
        format({ host: address, port })
      } FILE`
    )),
  trustNote(wire)
]

/** What a wire does not protect against. */
export const trustNote = (wire: WireName): string =>
  `the ${wire} wire is neither encrypted nor authenticated${
    wire === "flock" ? " yet" : ""
  }: use it in networks that you trust`

/** The addresses at which other machines reach a server that listens at `host`. */
const addressesOf = (host: string): ReadonlyArray<string> => {
  if (host !== "0.0.0.0" && host !== "::") return [host]
  return Object.values(networkInterfaces()).flat().flatMap((entry) =>
    entry === undefined || entry.internal || entry.address.startsWith("fe80:") ||
      (host === "0.0.0.0" && entry.family === "IPv6")
      ? []
      : [entry.address]
  )
}
