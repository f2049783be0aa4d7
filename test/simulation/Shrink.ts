/**
 * Shrinks a failing script as long as it violates the same rule (delta debugging): fewer faults, fewer and smaller
 * messages, rounder numbers. The result shows the cause of the failure.
 */
import { nameOf } from "./Ledger.ts"
import type { ClientScript, Fault, MessageScript, Script } from "./Script.ts"
import { type Attempt, shrunk, type Verdict, withoutSome } from "./Shrinking.ts"

/** The limits of the work for one script: some seconds for cores, more for shells. */
const limits = { runs: 2000, events: 1_000_000 }

/** The smallest script found that violates the same rule; the script itself if it violates none. */
export const shrink = (script: Script, verdict: Verdict<Script>): Script =>
  shrunk(script, verdict, limits, (current, attempt) => {
    withoutClients(current(), attempt)
    withoutSome(current, attempt, (one) => one.faults, (one, faults) => ({ ...one, faults }))
    withoutMessages(current, attempt)
    for (const candidate of simpler(current())) attempt(candidate(current()))
  })

const withoutClients = (script: Script, attempt: Attempt<Script>): void => {
  for (let client = script.clients.length - 1; client >= 0 && script.clients.length > 1; client--) {
    const candidate: Script = {
      ...script,
      clients: script.clients.filter((_, number) => number !== client),
      faults: script.faults.flatMap((fault) => renumbered(fault, client))
    }
    if (attempt(candidate)) script = candidate
  }
}

/**
 * The fault after the removal of a client: dropped if it belongs to that client, otherwise with later clients
 * renumbered.
 */
const renumbered = (fault: Fault, removed: number): ReadonlyArray<Fault> => {
  const moved = (client: number): number => client > removed ? client - 1 : client
  if ("link" in fault) {
    const client = Number.parseInt(fault.link, 10)
    return client === removed ? [] : [{ ...fault, link: fault.link.replace(/^\d+/, String(moved(client))) }]
  }
  if ("overheard" in fault) return Number.parseInt(fault.overheard.link, 10) === removed ? [] : [fault]
  if ("slower" in fault) return fault.client === removed ? [] : [{ ...fault, client: moved(fault.client) }]
  if ("rebind" in fault) return fault.rebind === removed ? [] : [{ ...fault, rebind: moved(fault.rebind) }]
  if ("crash" in fault && typeof fault.crash === "number") {
    return fault.crash === removed ? [] : [{ ...fault, crash: moved(fault.crash) }]
  }
  if ("pause" in fault && typeof fault.pause === "number") {
    return fault.pause === removed ? [] : [{ ...fault, pause: moved(fault.pause) }]
  }
  return [fault]
}

const withoutMessages = (current: () => Script, attempt: Attempt<Script>): void => {
  for (const client of current().clients.keys()) {
    for (let index = (current().clients[client]?.messages.length ?? 0) - 1; index >= 0; index--) {
      const frames = framesOf(current(), client, index)
      const candidate = withClient(current(), client, (one) => ({ ...one, messages: one.messages.toSpliced(index, 1) }))
      if (!attempt(candidate)) attempt(earlier(candidate, client, frames))
    }
  }
}

/** The number of datagrams in each direction that a message needs without faults. */
const framesOf = (script: Script, client: number, index: number): number => {
  const message = script.clients[client]?.messages[index]
  if (message === undefined) return 0
  const { bytes, fragmentSize, kind, nameBytes = 0 } = message
  const name = kind === "text" ? 0 : nameOf(client, index, nameBytes).length
  return 1 + Math.ceil(name / fragmentSize) + Math.max(1, Math.ceil(bytes / fragmentSize))
}

/** The same faults, shifted by the number of datagrams that were removed before them. */
const earlier = (script: Script, client: number, datagrams: number): Script => ({
  ...script,
  faults: script.faults.map((fault) =>
    "link" in fault && Number.parseInt(fault.link, 10) === client && fault.nth >= datagrams
      ? { ...fault, nth: fault.nth - datagrams }
      : fault
  )
})

const withClient = (script: Script, number: number, change: (client: ClientScript) => ClientScript): Script => ({
  ...script,
  clients: script.clients.map((client, other) => other === number ? change(client) : client)
})

/** Changes that simplify each part of the script, the largest ones first. */
function* simpler(script: Script): Generator<(current: Script) => Script> {
  yield (current) => ({ ...current, server: { program: current.server.program, diskMillis: 0 } })
  yield (current) => ({
    ...current,
    server: { ...current.server, diskMillis: Math.min(10, current.server.diskMillis) }
  })
  for (const [number, client] of script.clients.entries()) {
    const change = (fields: Partial<ClientScript>) => (current: Script): Script =>
      withClient(current, number, (one) => ({ ...one, ...fields }))
    yield change({ startMillis: 0 })
    yield change({ dialect: "frame" })
    yield change({ ending: "leave" })
    for (const delayMillis of [0, 10, 100]) if (delayMillis < client.delayMillis) yield change({ delayMillis })
    for (const [index, message] of client.messages.entries()) {
      const replace = (fields: MessageScript) => (current: Script): Script =>
        withClient(current, number, (one) => ({ ...one, messages: one.messages.with(index, fields) }))
      const { bytes, fragmentSize, kind, restMillis } = message
      for (const fewer of [0, 1, Math.floor(bytes / 2), bytes - fragmentSize]) {
        if (fewer < 0 || fewer >= bytes) continue
        const smaller = replace({ kind, bytes: fewer, fragmentSize, restMillis })
        yield smaller
        yield (current) => {
          const candidate = smaller(current)
          return earlier(candidate, number, framesOf(current, number, index) - framesOf(candidate, number, index))
        }
      }
      // Never less than the wire requires, which would cause a different failure (docs/PROTOCOL.md §7.3).
      yield replace({ kind, bytes, fragmentSize, restMillis: Math.min(restMillis, 2100) })
      yield replace({ kind, bytes: Math.min(bytes, 40), fragmentSize: 20, restMillis })
    }
  }
  for (const [index, fault] of script.faults.entries()) {
    for (const [field, value] of Object.entries(fault)) {
      if (typeof value !== "number" || value === 0 || ["nth", "client", "crash", "pause", "rebind"].includes(field)) {
        continue
      }
      for (
        const rounder of [0, Math.round(value / 1000) * 1000, Math.round(value / 100) * 100, Math.floor(value / 2)]
      ) {
        if (rounder === value || rounder < 0) continue
        yield (current) => ({ ...current, faults: current.faults.with(index, { ...fault, [field]: rounder } as Fault) })
      }
    }
  }
}
