/** The description of an app: what it says on the wire, its configuration, and what happens in its example. */
import type { AnyApp, Dialect } from "../../apps/App.ts"
import type { Happening } from "../../conversation/Rehearsal.ts"
import { hexOf } from "../../protocol/Hex.ts"
import type { AppEventOf } from "../report/Report.ts"
import { duration } from "../text/Format.ts"
import * as Payload from "../text/Payload.ts"
import { wrapped } from "../text/Wrap.ts"
import * as ConfigKeys from "./ConfigKeys.ts"

/** `tcp 9090`, `multicast 239.255.40.40:4041`. */
export const placeOf = ({ group, port, transport }: Dialect): string =>
  group === undefined ? `${transport} ${port}` : `${transport} ${group}:${port}`

/** The line of `app list`. */
export const lineOf = (app: AnyApp, nameColumns: number, placeColumns: number): string =>
  `${app.name.padEnd(nameColumns)}  ${placesOf(app).padEnd(placeColumns)}  ${app.summary}`

export const placesOf = ({ dialects }: AnyApp): string => dialects.map(placeOf).join(", ")

/** The lines of `app show`. */
export const linesOf = (
  app: AnyApp,
  happenings: ReadonlyArray<Happening>,
  columns: number
): ReadonlyArray<string> => {
  const keys = ConfigKeys.of(app)
  const width = Math.max(0, ...keys.map((key) => ConfigKeys.shownOf(key).length))
  const config = configOf(app)
  return [
    ...wrapped(`${app.name}: ${app.summary}`, columns),
    "",
    ...app.dialects.flatMap((dialect) =>
      wrapped(
        `  ${placeOf(dialect)}, framing ${dialect.framing}${
          dialect.answersUnproved === true ? ", off loopback with --allow-unproved only" : ""
        }`,
        columns,
        "    "
      )
    ),
    app.audience === "one" ? "  each client has a conversation of its own" : "  the clients of a room share it",
    "",
    keys.length === 0 ? "It has no configuration." : `Configuration, as in --app ${app.name}=KEY:VALUE,KEY:VALUE:`,
    ...keys.flatMap((one) => {
      const { key, meaning = "" } = one
      const left = `  ${ConfigKeys.shownOf(one).padEnd(width)}  `
      return wrapped(
        `${left}${meaning}${isFile(app, key) ? `${meaning === "" ? "" : "; "}the path of a file` : ""}`.trimEnd(),
        columns,
        " ".repeat(left.length)
      )
    }),
    "",
    ...wrapped(`Example${config === "" ? "" : ` with ${config}`}, C client, S server:`, columns),
    ...happenings.flatMap((happening) => {
      const line = `  ${lineOfHappening(happening)}`
      return wrapped(line, columns, "           ")
    })
  ]
}

const isFile = ({ configFiles = [] }: AnyApp, key: string): boolean => configFiles.includes(key)

/** The configuration of the example, as it is written on a command line: a long text is in a file. */
const configOf = (app: AnyApp): string => {
  const pairs = Object.entries(app.example.config ?? {})
  const written = pairs.map(([key, value]) => isFile(app, key) ? `${key}:FILE` : `${key}:${value}`).join(",")
  const files = pairs.flatMap(([key, value]) => isFile(app, key) ? [` (FILE has the text ${visible(value)})`] : [])
  return written + files.join("")
}

const lineOfHappening = (happening: Happening): string => {
  if (happening._tag === "Waited") return `… ${duration(happening.millis)} later`
  const client = `C${happening.client}`
  switch (happening._tag) {
    case "Joined":
      return `${client} joins`
    case "Refused":
      return `${client} is refused: ${happening.message}`
    case "Said":
      return `${client} → S   ${visible(happening.message)}`
    case "Told":
      return `S → ${client}   ${visible(happening.message)}`
    case "Left":
      return `${client} leaves`
    case "Closed":
      return `S closes ${client}${happening.reason === "ended" ? "" : ` (${happening.reason})`}`
  }
}

const encoder = new TextEncoder()

/** A message with its control bytes as escapes. */
const visible = (message: string | Uint8Array): string =>
  Payload.escaped(typeof message === "string" ? encoder.encode(message) : message)

/** The event of `--json`. */
export const eventOf = (app: AnyApp, happenings?: ReadonlyArray<Happening>): AppEventOf<"described"> => ({
  type: "described",
  app: app.name,
  summary: app.summary,
  audience: app.audience,
  dialects: app.dialects.map(({ framing, group, port, transport }) => ({
    transport,
    framing,
    port,
    ...(group === undefined ? {} : { group })
  })),
  config: ConfigKeys.of(app).map(({ key, meaning, value }) => ({
    key,
    ...(value === undefined ? {} : { value }),
    ...(meaning === undefined ? {} : { meaning })
  })),
  example: happenings?.flatMap((happening) => {
    if (happening._tag !== "Said" && happening._tag !== "Told") return []
    const { client, message } = happening
    const content = typeof message === "string" ? { text: message } : { bytes: hexOf(message) }
    return [{ from: happening._tag === "Said" ? "client" as const : "server" as const, client, ...content }]
  })
})
