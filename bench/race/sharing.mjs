// Reports of the benchmark of long paths for flows that share a path: the windows of each run, and a summary of all
// runs.
import { besideTcp, inWindows, jainIndex, twoOfOurs } from "./flows.mjs"
import { digits, markdown, median } from "./table.mjs"
import { emptyInbox, writeSparse } from "./workplace.mjs"

const laterSeconds = 10
const fairSeconds = 30
const besideSeconds = 60
const countedSeconds = 30
const goalIndex = 0.95

/** The size of a file that no flow can finish. */
const endlessBytes = ({ rateMbit }) => rateMbit * 1e6 / 8 * 2 * (besideSeconds + fairSeconds)

const runs = async ({ flows, openPath, path, rounds, workplace }) => {
  await writeSparse(workplace, endlessBytes(path))
  const taken = []
  for (let round = 1; round <= rounds; round++) {
    const hosts = await openPath(path, round)
    let rates
    try {
      rates = await flows({ ...workplace, ...hosts })
    } finally {
      emptyInbox(workplace)
      const stats = await hosts.close()
      if (rates !== undefined) taken.push({ round, rates, ...stats })
    }
  }
  return taken
}

/** Two flows of holub: Jain's index in windows, and the time of the first window that reaches the goal. */
export const fair = async ({ contestant, onRow, windowSeconds, ...where }) => {
  const settings = { laterSeconds, seconds: fairSeconds }
  const taken = await runs({ ...where, flows: (place) => twoOfOurs(contestant, place, settings) })
  const rows = taken.map((run) => {
    const windows = inWindows(run.rates, windowSeconds).map((means) => ({ means, index: jainIndex(means) }))
    const first = windows.findIndex(({ index }) => index >= goalIndex)
    return { ...run, windows, reachedSeconds: first < 0 ? undefined : (first + 1) * windowSeconds }
  })
  for (const { rates, round, queueP95Bytes, reachedSeconds } of rows) {
    onRow({ program: contestant.name, round, rates, queueP95Bytes, reachedSeconds })
  }
  const lines = rows.flatMap(({ round, windows }) =>
    windows.map(({ index, means }, window) => [
      String(round),
      `${window * windowSeconds}–${(window + 1) * windowSeconds} s`,
      ...means.map((mean) => digits(mean, 1)),
      digits(index, 3)
    ])
  )
  const reached = rows.map(({ reachedSeconds }) => reachedSeconds === undefined ? "never" : `${reachedSeconds} s`)
  return [
    `${contestant.name}: two flows, the second starts ${laterSeconds} s later; windows from its start, Mbit/s\n`,
    markdown(["round", "window", "first", "second", "Jain's index"], lines, 2),
    `\nindex of ${goalIndex} reached within: ${reached.join(", ")} (goal: 5 s)`
  ].join("\n")
}

/** A flow of holub beside a TCP flow: the mean rates of the last seconds, and holub's share of the path. */
export const beside = async ({ congestion, contestant, onRow, ...where }) => {
  const settings = { congestion, seconds: besideSeconds }
  const taken = await runs({ ...where, flows: (place) => besideTcp(contestant, place, settings) })
  const rows = taken.map((run) => ({ ...run, means: inWindows(run.rates.slice(-countedSeconds), countedSeconds)[0] }))
  for (const { means, queueP95Bytes, rates, round } of rows) {
    onRow({ program: contestant.name, beside: congestion, round, rates, means, queueP95Bytes })
  }
  const share = (ours) => 100 * ours / where.path.rateMbit
  const lines = rows.map(({ means: [ours, theirs], round }) => [
    String(round),
    digits(ours, 1),
    digits(theirs, 1),
    digits(share(ours), 0)
  ])
  const middle = median(rows.map(({ means: [ours] }) => share(ours)))
  return [
    `${contestant.name} beside TCP ${congestion}: the last ${countedSeconds} of ${besideSeconds} s, Mbit/s\n`,
    markdown(["round", "ours", `TCP ${congestion}`, "% of the path"], lines, 1),
    `\nmedian ${digits(middle, 0)} % of the path (goal: 30 to 70)`
  ].join("\n")
}
