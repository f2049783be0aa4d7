/** The lines of `--json` as they are documented: which fields each type has, and what they hold. */

/** A line of `--json`. */
export interface Line {
  readonly v: 1
  readonly type: string
  readonly time: string
  readonly [field: string]: unknown
}

const message = ["id", "peer", "kind", "fragments", "fragmentSize"]
const finished = ["size", "sha256", "durationMillis", "rateBitsPerSecond"]

const types: Readonly<
  Record<string, { readonly always: ReadonlyArray<string>; readonly maybe: ReadonlyArray<string> }>
> = {
  listening: { always: ["host", "port", "wire", "dir"], maybe: [] },
  connected: { always: ["peer"], maybe: ["reason"] },
  disconnected: { always: ["peer", "reason"], maybe: [] },
  started: { always: message, maybe: ["name", "size"] },
  progress: { always: ["id", "bytes", "rateBitsPerSecond"], maybe: ["size"] },
  received: {
    always: [...message, ...finished, "damaged", "damagedNumbers", "duplicates"],
    maybe: ["name", "path", "text"]
  },
  sent: {
    always: [...message, ...finished, "retransmissions", "repeatedNumbers", "damaged", "damagedNumbers", "confirmed"],
    maybe: ["name", "path"]
  },
  removed: { always: ["path", "size", "ageMillis"], maybe: [] },
  leftover: { always: ["path", "size", "ageMillis"], maybe: [] },
  setting: { always: ["name", "origin"], maybe: ["value"] },
  installed: { always: ["shell", "path"], maybe: [] },
  error: { always: ["code", "exitCode", "message"], maybe: ["hint"] }
}

/** Reads a line, or throws an error that says what is not as documented. */
export const readLine = (text: string): Line => {
  const wrong = (what: string): never => {
    throw new Error(`${what} in the line ${text}`)
  }
  let line: Line
  try {
    line = JSON.parse(text)
  } catch {
    return wrong("no JSON")
  }
  const { time, type, v, ...fields } = line
  const documented = types[type] ?? wrong(`the type ${type}`)
  if (v !== 1) wrong(`the version ${String(v)}`)
  if (new Date(time).toISOString() !== time) wrong(`the time ${time}`)
  for (const name of documented.always) {
    if (!(name in fields)) wrong(`no field ${name}`)
  }
  for (const [name, value] of Object.entries(fields)) {
    if (![...documented.always, ...documented.maybe].includes(name)) wrong(`the field ${name}`)
    if (value === null) wrong(`null for ${name}`)
    if (typeof value === "number" && !Number.isInteger(value)) wrong(`a broken number for ${name}`)
  }
  const isFile = line["kind"] === "file"
  if ("kind" in fields && isFile !== "name" in fields) wrong("a name without a file, or a file without a name")
  if (type === "received" && isFile !== "path" in fields) wrong("a path without a file, or a file without a path")
  if (type === "received" && isFile === "text" in fields) wrong("a text with a file, or a text without one")
  return line
}
