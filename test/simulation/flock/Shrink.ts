/**
 * Shrinks a failing script of flock as long as it violates the same rule: fewer faults, sessions and streams, less
 * content.
 */
import { shrunk, type Verdict, withoutSome } from "../Shrinking.ts"
import type { ClientScript, Fault, FlockScript } from "./Script.ts"

/** The limits of the work for one script. */
const limits = { runs: 1500, events: 2_000_000 }

/** The smallest script found that violates the same rule; the script itself if it violates none. */
export const shrinkFlock = (script: FlockScript, verdict: Verdict<FlockScript>): FlockScript =>
  shrunk(script, verdict, limits, (current, attempt) => {
    // The last client is removed, so that the others keep their numbers.
    while (current().clients.length > 1 && attempt(withoutLastClient(current())));
    withoutSome(current, attempt, (one) => one.faults, (one, faults) => ({ ...one, faults }))
    withoutSome(current, attempt, (one) => one.attacks ?? [], (one, attacks) => ({ ...one, attacks }))
    for (const candidate of simpler(current())) attempt(candidate(current()))
  })

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
