// What a benchmark prints: medians, ratios of the same round, and a table in Markdown.
import { cpus, loadavg } from "node:os"

/** The middle one; of an even number the mean of the two in the middle. */
export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return sorted.length === 0 ? Number.NaN : (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2
}

export const digits = (value, count) => Number.isNaN(value) ? "–" : value.toFixed(count)

/** What was measured, with the goal beside it where there is one. */
export const withGoal = (value, count, goal, sign = "≥") =>
  goal === undefined ? digits(value, count) : `${digits(value, count)} (${sign} ${goal})`

const succeeded = (rows, name) => rows.filter(({ error, program }) => program === name && error === undefined)

export const medianOf = (rows, name, field) => median(succeeded(rows, name).map((row) => row[field]))

/** How often it ended well, of how many times. */
export const successes = (rows, name) =>
  `${succeeded(rows, name).length}/${rows.filter(({ program }) => program === name).length}`

/** The median over the rounds in which both ended well: speeds of different rounds are not to be compared. */
export const ratioOf = (rows, name, peer) => {
  const theirs = new Map(succeeded(rows, peer).map(({ bytesPerSecond, round }) => [round, bytesPerSecond]))
  const pairs = succeeded(rows, name).filter(({ round }) => theirs.has(round))
  return median(pairs.map(({ bytesPerSecond, round }) => bytesPerSecond / theirs.get(round)))
}

/** The peers that have a column of ratios: none if nothing of ours runs. */
export const comparedPeers = (contestants) =>
  contestants.some(({ isOurs }) => isOurs) ? contestants.filter(({ isOurs }) => !isOurs) : []

/** One cell for each peer in a row of ours, empty ones in a row of a peer. */
export const ratioCells = (rows, { goals, isOurs, name }, peers) =>
  peers.map((peer) => isOurs ? withGoal(ratioOf(rows, name, peer.name), 2, goals[peer.name]) : "")

export const machineLine = () => {
  const when = new Date().toISOString().slice(0, 16).replace("T", " ")
  return `${when} UTC, node ${process.version}, ${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(2)}`
}

/** Rows of cells under a head; all but the first `left` columns stand to the right. */
export const markdown = (head, rows, left) => {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column].length)))
  const line = (cells) =>
    `| ${cells.map((cell, n) => n < left ? cell.padEnd(widths[n]) : cell.padStart(widths[n])).join(" | ")} |`
  const rule = widths.map((width, n) => n < left ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)
  return [line(head), `|${rule.join("|")}|`, ...rows.map(line)].join("\n")
}
