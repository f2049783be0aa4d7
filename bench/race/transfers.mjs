// Transfers of one file by several contestants in turn: what each took, and that the copy is right.
import { freePort, secondsOf, serve, stop } from "./processes.mjs"
import { compareCopy, emptyInbox } from "./workplace.mjs"

const localHost = { address: "127.0.0.1", device: "lo", prefix: [] }

/** Loopback in the terms of a path: both hosts are this one, and nothing is to be closed. */
export const loopback = async () => ({ from: localHost, to: localHost, close: async () => ({}) })

/** The contestants that can run, made ready; the others are told with the reason. */
export const prepared = (contestants, workplace, tell) => {
  for (const { missing, name } of contestants) {
    if (missing !== undefined) tell(`skipped: ${name}, for want of ${missing}`)
  }
  const able = contestants.filter(({ missing }) => missing === undefined)
  const prepares = new Set(able.flatMap(({ prepare }) => prepare ?? []))
  for (const prepare of prepares) prepare(workplace)
  return able
}

/** The command as its host runs it. */
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

/** One row: what the transfer took or why it failed, and what the path saw. */
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
 * Every contestant once a round, each round from the next one on: what else the machine does meets all of them alike.
 * `workplace` has the SHA-256 of the file; `openPath(round)` gives the two hosts.
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
