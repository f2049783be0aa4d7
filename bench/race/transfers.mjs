// Transfers one file with several contestants in alternation, measures the time, and verifies the copies.
import { freePort, secondsOf, serve, stop } from "./processes.mjs"
import { compareCopy, emptyInbox } from "./workplace.mjs"

const localHost = { address: "127.0.0.1", device: "lo", prefix: [] }

/** Loopback as a path: both hosts are this machine. */
export const loopback = async () => ({ from: localHost, to: localHost, close: async () => ({}) })

/** Prepares the contestants that can run and returns them; the others are logged with the reason. */
export const prepared = (contestants, workplace, log) => {
  for (const { missing, name } of contestants) {
    if (missing !== undefined) log(`${name} is skipped: ${missing} is missing`)
  }
  const able = contestants.filter(({ missing }) => missing === undefined)
  const prepares = new Set(able.flatMap(({ prepare }) => prepare ?? []))
  for (const prepare of prepares) prepare(workplace)
  return able
}

/** The command line on its host. */
export const onHost = ({ command, on }) => [...on.prefix, ...command]

const transfer = async ({ env, server, timed }, place, limitSeconds) => {
  const serving = server(place)
  const child = await serve(onHost(serving), env, serving.port)
  try {
    const seconds = await secondsOf(onHost(timed(place)), env, limitSeconds)
    await compareCopy(place, place.sha256)
    return { seconds, bytesPerSecond: place.bytes / seconds }
  } finally {
    await stop(child)
    emptyInbox(place)
  }
}

/** One row: the time of the transfer or the reason of its failure, and the statistics of the path. */
const rowOf = async (contestant, workplace, openPath, limitSeconds) => {
  const { datagram, isOurs, name } = contestant
  const row = { program: name, isOurs, datagram, bytes: workplace.bytes }
  const path = await openPath()
  try {
    const ports = { port: await freePort(), otherPort: await freePort() }
    Object.assign(row, await transfer(contestant, { ...workplace, ...path, ...ports }, limitSeconds))
  } catch (error) {
    row.error = error.message
  } finally {
    Object.assign(row, await path.close())
  }
  return row
}

/**
 * Runs every contestant once in each round, each round beginning with the next one, so that other load on the machine
 * affects all of them equally. `workplace` has the SHA-256 of the file; `openPath(round)` resolves to the two hosts.
 */
export const transferInTurns = async ({ contestants, limitSeconds, onRow, openPath, rounds, workplace }) => {
  const rows = []
  for (let round = 1; round <= rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const contestant = contestants[(round - 1 + turn) % contestants.length]
      const row = { round, ...await rowOf(contestant, workplace, () => openPath(round), limitSeconds) }
      rows.push(row)
      onRow(row)
    }
  }
  return rows
}
