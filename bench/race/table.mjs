// Formats results: medians, ratios within the same round, and tables in Markdown.
import { cpus, loadavg } from "node:os"

/** The median; for an even number of values the mean of the middle two. */
export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return sorted.length === 0 ? Number.NaN : (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2
}

export const digits = (value, count) => Number.isNaN(value) ? "–" : value.toFixed(count)

/** A measured value, with its goal if there is one. */
export const withGoal = (value, count, goal, sign = "≥") =>
  goal === undefined ? digits(value, count) : `${digits(value, count)} (${sign} ${goal})`

const succeeded = (rows, name) => rows.filter(({ error, program }) => program === name && error === undefined)

export const medianOf = (rows, name, field) => median(succeeded(rows, name).map((row) => row[field]))

/** The number of successful runs and of all runs. */
export const successes = (rows, name) =>
  `${succeeded(rows, name).length}/${rows.filter(({ program }) => program === name).length}`

/** The median ratio over the rounds in which both succeeded. Speeds of different rounds are not comparable. */
export const ratioOf = (rows, name, peer) => {
  const theirs = new Map(succeeded(rows, peer).map(({ bytesPerSecond, round }) => [round, bytesPerSecond]))
  const pairs = succeeded(rows, name).filter(({ round }) => theirs.has(round))
  return median(pairs.map(({ bytesPerSecond, round }) => bytesPerSecond / theirs.get(round)))
}

/** The peers with a column of ratios; empty if holub does not run. */
export const comparedPeers = (contestants) =>
  contestants.some(({ isOurs }) => isOurs) ? contestants.filter(({ isOurs }) => !isOurs) : []

/** One cell for each peer: the ratio in a row of holub, empty in a row of a peer. */
export const ratioCells = (rows, { goals, isOurs, name }, peers) =>
  peers.map((peer) => isOurs ? withGoal(ratioOf(rows, name, peer.name), 2, goals[peer.name]) : "")

export const machineLine = () => {
  const when = new Date().toISOString().slice(0, 16).replace("T", " ")
  return `${when} UTC, node ${process.version}, ${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(2)}`
}

/** A table of cells; the first `left` columns are left-aligned, the others right-aligned. */
export const markdown = (head, rows, left) => {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column].length)))
  const line = (cells) =>
    `| ${cells.map((cell, n) => n < left ? cell.padEnd(widths[n]) : cell.padStart(widths[n])).join(" | ")} |`
  const rule = widths.map((width, n) => n < left ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)
  return [line(head), `|${rule.join("|")}|`, ...rows.map(line)].join("\n")
}
