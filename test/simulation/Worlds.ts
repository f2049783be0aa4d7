/**
 * Draws the script of each kind of world from a seed. The script contains all random values; nothing is drawn during
 * the run.
 */
import {
  bothWays,
  diskFault,
  drawClient,
  drawServer,
  moment,
  nonsense,
  outage,
  pathChanges,
  restMillis,
  rubbish,
  several,
  withoutSingles
} from "./Draws.ts"
import { Random } from "./Random.ts"
import type { ClientScript, Fault, MessageScript, Script, WorldName } from "./Script.ts"

type Draw = (random: Random) => Omit<Script, "world" | "seed">

/** The script of a world and a seed. */
export const draw = (world: WorldName, seed: number): Script => ({ world, seed, ...draws[world](new Random(seed)) })

/** Faults that the wire must survive without a failure: docs/PROTOCOL.md §5. */
const lossy: Draw = (random) => {
  const clients = several(random, 2, drawClient)
  const faults = [
    ...clients.flatMap((client, number) =>
      bothWays(random, client, number, () => ({
        loss: random.number(0, 0.3),
        duplicate: random.chance(0.5) ? random.number(0, 0.5) : 0,
        late: random.chance(0.5) ? random.number(0, 0.1) : 0,
        damage: random.chance(0.5) ? random.number(0, 0.05) : 0
      }))
    ),
    ...several(random, 2, outage, 0).map((fault) => ({ ...fault, until: fault.from + 2000 })),
    ...pathChanges(random, clients)
  ]
  return { delivers: true, server: drawServer(random), clients, faults }
}

/** Faults that may cause a failure with a correct reason. */
const harsh: Draw = (random) => {
  const clients = several(random, 3, drawClient).map(withoutSingles)
  const faults = [
    ...clients.flatMap((client, number) =>
      bothWays(random, client, number, () => ({
        loss: random.number(0.2, 0.6),
        duplicate: random.number(0, 0.5),
        late: random.number(0, 0.2),
        damage: random.number(0, 0.1)
      }))
    ),
    ...several(random, 2, outage, 0),
    ...pathChanges(random, clients),
    ...several(
      random,
      1,
      (): Fault => ({ rebind: random.integer(0, clients.length - 1), at: random.integer(0, 8000) }),
      0
    )
  ]
  return { delivers: false, server: drawServer(random), clients, faults }
}

/** Short, similar messages in quick succession or after keep-alives, on a path with late copies. */
const copies: Draw = (random) => {
  const client = {
    ...drawClient(random),
    messages: several(random, 5, (): MessageScript => ({
      kind: random.chance(0.7) ? "text" : "file",
      bytes: random.integer(0, 2),
      fragmentSize: random.pick([1, 1, 20, 64]),
      restMillis: random.pick([restMillis, restMillis, 5500, 6500])
    }), 2)
  }
  const chances = {
    loss: random.number(0, 0.25),
    duplicate: random.number(0.2, 0.5),
    late: random.number(0, 0.3),
    damage: 0
  }
  return {
    delivers: true,
    server: drawServer(random),
    clients: [client],
    faults: bothWays(random, client, 0, () => chances)
  }
}

/** Programs that crash, pause and drain, and disks that fail. */
const hosts: Draw = (random) => {
  const clients = several(random, 3, drawClient).map(withoutSingles)
  const anyHost = (): "server" | number => random.chance(0.5) ? "server" : random.integer(0, clients.length - 1)
  const crash = (): Fault => ({
    crash: anyHost(),
    at: moment(random),
    downMillis: random.integer(0, 3000),
    keeps: random.pick(["synced", "names", "all"])
  })
  const pause = (): Fault => ({
    pause: anyHost(),
    at: moment(random),
    millis: random.pick([300, 2000, 19_000, 60_000, 3_600_000])
  })
  const faults = [
    ...clients.flatMap((client, number) =>
      bothWays(random, client, number, () => ({
        loss: random.number(0, 0.15),
        duplicate: random.number(0, 0.2),
        late: 0.02,
        damage: 0.01
      }))
    ),
    ...several(random, 2, diskFault, 0),
    ...several(random, 2, crash, 0),
    ...several(random, 2, pause, 0)
  ]
  const server = drawServer(random)
  return {
    delivers: false,
    server: {
      ...server,
      ...(random.chance(0.3) ? { quotaBytes: random.integer(0, 5000) } : {}),
      ...(random.chance(0.2) ? { drainAtMillis: random.integer(0, 8000) } : {})
    },
    clients,
    faults
  }
}

/** Third parties send random bytes, valid frames and recorded datagrams to the server. These must have no effect. */
const strangers: Draw = (random) => {
  const clients = several(random, 3, drawClient)
  const stray = (): Fault => {
    const at = random.integer(0, 10_000)
    const stranger = random.integer(0, 30)
    if (random.chance(0.4)) {
      const link = `${random.integer(0, clients.length - 1)}${random.pick(["up", "down"])}`
      return { stranger, at, overheard: { link, nth: random.integer(0, 30) } }
    }
    return { stranger, at, bytes: Buffer.from(random.chance(0.5) ? rubbish(random) : nonsense(random)).toString("hex") }
  }
  const faults = [
    ...clients.flatMap((client, number) =>
      bothWays(random, client, number, () => ({
        loss: random.number(0, 0.1),
        duplicate: 0.1,
        late: 0.02,
        damage: 0.05
      }))
    ),
    ...several(random, 60, stray, 1)
  ]
  return { delivers: true, server: drawServer(random), clients, faults }
}

/** One of the two ends is an existing program, which survives loss only. */
const existing: Draw = (random) => {
  const isClient = random.chance(0.5)
  const drawn = drawClient(random)
  const client: ClientScript = {
    ...drawn,
    // An existing client gives up after four unanswered keep-alives, even if it has more messages to send.
    messages: isClient ? drawn.messages.map((message) => ({ ...message, restMillis })) : drawn.messages,
    program: isClient ? "existing" : "ours",
    ...(isClient ? { ending: random.pick(["leave", "vanish"]) } : {})
  }
  const chances = { loss: random.number(0, isClient ? 0.05 : 0.2), duplicate: 0, late: 0, damage: 0 }
  return {
    delivers: true,
    server: isClient ? drawServer(random) : { program: "existing", diskMillis: 0 },
    clients: [client],
    faults: bothWays(random, client, 0, () => chances)
  }
}

/**
 * The whole shell around the cores, without recorded datagrams: they would be separate messages with the same names
 * here.
 */
const shell: Draw = (random) => {
  const drawn = random.pick([lossy, hosts, hosts, strangers])(random)
  return {
    ...drawn,
    faults: [
      ...several(random, drawn.delivers ? 0 : 2, diskFault, 0),
      ...drawn.faults.filter((fault) => !("overheard" in fault)),
      ...several(
        random,
        1,
        (): Fault => ({ wallClock: random.pick([-1, 1]) * 31_536_000_000, at: random.integer(0, 8000) }),
        0
      )
    ]
  }
}

const draws: Readonly<Record<WorldName, Draw>> = { lossy, harsh, copies, hosts, strangers, existing, shell }
