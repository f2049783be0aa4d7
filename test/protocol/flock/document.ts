/** The flock and the tcp part of docs/PROTOCOL.md: their sections, their tables, and the bytes in them. */
import { readFileSync } from "node:fs"
import { fromHex } from "./frames.ts"

export const root = new URL("../../../", import.meta.url)
export const textOf = (path: string): string => readFileSync(new URL(path, root), "utf8")
const [, otherParts = ""] = textOf("docs/PROTOCOL.md").split("\n# The flock wire\n")
export const [document = "", laterParts = ""] = otherParts.split("\n# The tcp wire\n")
export const [tcpDocument = ""] = laterParts.split("\n# Framings\n")

/** Text of a section of a part, including its subsections. */
export const sectionOf = (part: string) => (number: string): string => {
  const level = "#".repeat(number.split(".").length + 1)
  const [, after = ""] = part.split(`\n${level} §${number} `)
  return after.split(new RegExp(`\n#{2,${level.length}} `), 1)[0] ?? ""
}

/** Text of a section of flock. */
export const section = sectionOf(document)

/** The cells of each table row with that number of cells, without backticks. */
export const rows = (text: string, cells: number): ReadonlyArray<ReadonlyArray<string>> =>
  text.split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim().replaceAll("`", "")))
    .filter((row) => row.length === cells)

/** Decodes bytes as the document writes them: grouped, with long runs of equal bytes counted. */
export const bytesIn = (cell: string): Uint8Array =>
  fromHex(
    cell.replaceAll(/\((\d+) × ([0-9a-f]{2})\)/g, (_, count: string, byte: string) => byte.repeat(Number(count)))
  )

export const isBytes = (cell: string | undefined): boolean =>
  cell !== undefined && /^[0-9a-f]{2}(?:$|[ 0-9a-f])/.test(cell)
