/**
 * Shrinks a failing script of flock as long as it violates the same rule: fewer faults, sessions and streams, less
 * content.
 */
import type { Verdict } from "../Shrink.ts"
import type { ClientScript, Fault, FlockScript } from "./Script.ts"

/** The limits of the work for one script. */
const maxRuns = 1500
const maxEvents = 2_000_000

/** The smallest script found that violates the same rule; the script itself if it violates none. */
export const shrinkFlock = (script: FlockScript, verdict: Verdict<FlockScript>): FlockScript => {
  const { rule } = verdict(script)
  if (rule === undefined) return script
  let smallest = script
  let runs = 0
  let events = 0
  const attempt = (candidate: FlockScript): boolean => {
    if (runs >= maxRuns || events >= maxEvents) return false
    const seen = verdict(candidate)
    runs++
    events += seen.events
    if (seen.rule !== rule) return false
    smallest = candidate
    return true
  }
  for (let before; before !== smallest;) {
    before = smallest
    // The last client is removed, so that the others keep their numbers.
    while (smallest.clients.length > 1 && attempt(withoutLastClient(smallest)));
    withoutFaults(() => smallest, attempt)
    withoutAttacks(() => smallest, attempt)
    for (const candidate of simpler(smallest)) attempt(candidate(smallest))
  }
  return smallest
}

const withoutLastClient = (script: FlockScript): FlockScript => {
  const last = script.clients.length - 1
  const isOf = (link: string): boolean => Number.parseInt(link, 10) === last
  const concerns = (fault: Fault): boolean =>
    ("link" in fault && isOf(fault.link)) || ("overheard" in fault && isOf(fault.overheard.link)) ||
    ("rebind" in fault && fault.rebind === last) || ("pause" in fault && fault.pause === last) ||
    ("crash" in fault && fault.crash === last)
  return {
    ...script,
    clients: script.clients.slice(0, -1),
    faults: script.faults.filter((fault) => !concerns(fault)),
    ...(script.attacks &&
      { attacks: script.attacks.filter(({ client, when }) => client !== last && !("link" in when && isOf(when.link))) })
  }
}

/** Removes halves first, then quarters, finally single faults. */
const withoutFaults = (current: () => FlockScript, attempt: (candidate: FlockScript) => boolean): void => {
  for (let size = current().faults.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < current().faults.length;) {
      const candidate = { ...current(), faults: current().faults.toSpliced(from, size) }
      if (!attempt(candidate)) from += size
    }
  }
}

/** The same for attacks. */
const withoutAttacks = (current: () => FlockScript, attempt: (candidate: FlockScript) => boolean): void => {
  const attacks = (): NonNullable<FlockScript["attacks"]> => current().attacks ?? []
  for (let size = attacks().length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < attacks().length;) {
      if (!attempt({ ...current(), attacks: attacks().toSpliced(from, size) })) from += size
    }
  }
}

/** Changes that simplify each part of the script. */
function* simpler(script: FlockScript): Generator<(current: FlockScript) => FlockScript> {
  const { bytesPerMilli: _, queueBytes: __, ...unlimited } = script.route
  yield (current) => ({ ...current, route: { ...unlimited, delayMillis: current.route.delayMillis } })
  yield (current) => ({ ...current, route: { ...current.route, delayMillis: 10 } })
  yield (current) => ({ ...current, route: { ...current.route, mtuBytes: 65_507 } })
  for (const [number, client] of script.clients.entries()) {
    const change =
      (fields: (client: ClientScript) => Partial<ClientScript>) => (current: FlockScript): FlockScript => ({
        ...current,
        clients: current.clients.map((one, other) => other === number ? { ...one, ...fields(one) } : one)
      })
    yield change(() => ({ startMillis: 0 }))
    yield change(() => ({ readMillis: 0 }))
    yield change(() => ({ restMillis: 0 }))
    yield change(() => ({ congestion: "newreno" }))
    yield change(({ windows }) => ({ windows: { ...windows, maxData: 1_000_000, maxStreams: 16 } }))
    yield change(({ windows }) => ({ windows: { ...windows, maxStreamData: 1_000_000 } }))
    for (let index = client.streams.length - 1; index >= 0; index--) {
      yield change(({ streams }) => ({ streams: streams.toSpliced(index, 1) }))
      for (const share of [0, 0.25, 0.5]) {
        yield change(({ streams }) => ({
          streams: streams.map((stream, nth) =>
            nth === index ? { by: stream.by, afterMillis: 0, bytes: Math.floor(stream.bytes * share) } : stream
          )
        }))
      }
      yield change(({ streams }) => ({
        streams: streams.map((stream, nth) => nth === index ? { ...stream, afterMillis: 0 } : stream)
      }))
    }
  }
}
