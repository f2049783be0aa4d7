/**
 * The kinds of worlds: what each draws from a seed. A script holds all chance; nothing is drawn while a world runs.
 */
import { encode, frameType } from "../models/frames.ts"
import { Random } from "./Random.ts"
import type { ClientScript, Fault, MessageScript, PassageFault, Script, ServerScript, WorldName } from "./Script.ts"

/** How often each thing happens to a datagram, 0 to 1. */
interface Chances {
  readonly loss: number
  readonly duplicate: number
  readonly late: number
  readonly damage: number
}

type Draw = (random: Random) => Omit<Script, "world" | "seed">

/** A late datagram is late by less than the `lateMillis` of Policy, all delays together. */
const latestMillis = 1800
/** So long a sender rests that no datagram of the message before is alive. */
const restMillis = 2100

export const draw = (world: WorldName, seed: number): Script => ({ world, seed, ...draws[world](new Random(seed)) })

/** What the wire must survive without a failure: docs/PROTOCOL.md §5. */
const lossy: Draw = (random) => {
  const clients = several(random, 2, drawClient)
  const faults = [
    ...clients.flatMap((client, number) =>
      ["up", "down"].flatMap((direction) =>
        passages(random, client, `${number}${direction}`, {
          loss: random.number(0, 0.3),
          duplicate: random.chance(0.5) ? random.number(0, 0.5) : 0,
          late: random.chance(0.5) ? random.number(0, 0.1) : 0,
          damage: random.chance(0.5) ? random.number(0, 0.05) : 0
        })
      )
    ),
    ...several(random, 2, outage, 0).map((fault) => ({ ...fault, until: fault.from + 2000 })),
    ...pathChanges(random, clients)
  ]
  return { delivers: true, server: drawServer(random), clients, faults }
}

/** What it may give up on, with a reason and without a lie. */
const harsh: Draw = (random) => {
  const clients = several(random, 3, drawClient).map(withoutSingles)
  const faults = [
    ...clients.flatMap((client, number) =>
      ["up", "down"].flatMap((direction) =>
        passages(random, client, `${number}${direction}`, {
          loss: random.number(0.2, 0.6),
          duplicate: random.number(0, 0.5),
          late: random.number(0, 0.2),
          damage: random.number(0, 0.1)
        })
      )
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

/** Programs that crash, stand still and stop, and disks that fail. */
const hosts: Draw = (random) => {
  const clients = several(random, 3, drawClient).map(withoutSingles)
  const anyHost = (): "server" | number => random.chance(0.5) ? "server" : random.integer(0, clients.length - 1)
  const disk = (): Fault => {
    const where = {
      disk: random.pick(["create", "write", "sync", "link", "syncDirectory"] as const),
      nth: random.integer(0, 4)
    }
    return random.chance(0.6)
      ? { ...where, error: random.pick(["ENOSPC", "EIO", "EDQUOT"]) }
      : { ...where, millis: random.integer(10, 8000) }
  }
  const crash = (): Fault => ({
    crash: anyHost(),
    at: random.integer(0, 6000),
    downMillis: random.integer(0, 3000),
    keeps: random.pick(["synced", "names", "all"])
  })
  const pause = (): Fault => ({
    pause: anyHost(),
    at: random.integer(0, 6000),
    millis: random.pick([300, 2000, 19_000, 60_000, 3_600_000])
  })
  const faults = [
    ...clients.flatMap((client, number) =>
      ["up", "down"].flatMap((direction) =>
        passages(random, client, `${number}${direction}`, {
          loss: random.number(0, 0.15),
          duplicate: random.number(0, 0.2),
          late: 0.02,
          damage: 0.01
        })
      )
    ),
    ...several(random, 2, disk, 0),
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

/** Others who send to the server: rubbish, nonsense, and what they overheard. None of it may do anything. */
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
      ["up", "down"].flatMap((direction) =>
        passages(random, client, `${number}${direction}`, {
          loss: random.number(0, 0.1),
          duplicate: 0.1,
          late: 0.02,
          damage: 0.05
        })
      )
    ),
    ...several(random, 60, stray, 1)
  ]
  return { delivers: true, server: drawServer(random), clients, faults }
}

/** One of the two is an existing program, which only loss and copies do not hurt. */
const existing: Draw = (random) => {
  const isClient = random.chance(0.5)
  const client: ClientScript = {
    ...drawClient(random),
    program: isClient ? "existing" : "ours",
    ...(isClient ? { ending: random.pick(["leave", "vanish"]) } : {})
  }
  const chances = { loss: random.number(0, isClient ? 0.05 : 0.3), duplicate: 0, late: 0, damage: 0 }
  return {
    delivers: !isClient,
    server: isClient ? drawServer(random) : { program: "existing", diskMillis: 0 },
    clients: [client],
    faults: ["up", "down"].flatMap((direction) => passages(random, client, `0${direction}`, chances))
  }
}

/** The whole shell around the cores: fewer and smaller messages, and everything that the disk may do. */
const shell: Draw = (random) => {
  const drawn = random.pick([lossy, hosts, hosts, strangers])(random)
  return { ...drawn, clients: drawn.clients.map((client) => ({ ...client, program: "ours" as const })) }
}

const draws: Readonly<Record<WorldName, Draw>> = { lossy, harsh, hosts, strangers, existing, shell }

const drawServer = (random: Random): ServerScript => ({
  program: "ours",
  diskMillis: random.chance(0.5) ? 0 : random.integer(1, 40)
})

const drawClient = (random: Random): ClientScript => {
  const messages = several(random, 4, drawMessage)
  return {
    program: "ours",
    dialect: random.chance(0.7) ? "frame" : "payload",
    startMillis: random.integer(0, 3000),
    delayMillis: random.pick([0, 1, 10, 50, 150]),
    messages,
    ending: random.pick(["leave", "leave", "stay", "vanish"])
  }
}

/**
 * Texts of one fragment become two: nothing else than the frames that get through tells a late copy of such a text from a
 * new one, and here none may get through for long (docs/PROTOCOL.md §7.3, test/simulation/weaknesses).
 */
const withoutSingles = (client: ClientScript): ClientScript => ({
  ...client,
  messages: client.messages.map((message) =>
    message.kind === "text" && message.bytes <= message.fragmentSize
      ? { ...message, bytes: message.fragmentSize + 1 }
      : message
  )
})

const drawMessage = (random: Random): MessageScript => {
  const fragmentSize = random.chance(0.5) ? random.integer(1, 20) : random.pick([63, 64, 100, 1000, 1444, 1445])
  const isLarge = random.chance(0.02)
  const fragments = isLarge
    ? random.integer(200, 500)
    : random.chance(0.7)
    ? random.integer(0, 6)
    : random.integer(0, 60)
  return {
    kind: random.chance(0.4) ? "text" : "file",
    bytes: random.chance(0.1) ? 0 : Math.max(0, fragments * fragmentSize - random.integer(0, fragmentSize - 1)),
    ...(random.chance(0.2) ? { nameBytes: random.integer(0, 100) } : {}),
    fragmentSize,
    restMillis: restMillis + (random.chance(0.2) ? random.integer(0, 8000) : 0),
    ...(random.chance(0.2) ? { readMillis: random.integer(1, 3000) } : {})
  }
}

/** Faults for the first datagrams of a link: more than the messages need with so many repeats. After them it is healed. */
const passages = (random: Random, client: ClientScript, link: string, chances: Chances): Array<PassageFault> => {
  const frames = client.messages.reduce(
    (sum, { bytes, fragmentSize, nameBytes = 0 }) => sum + 2 + Math.ceil((bytes + nameBytes + 10) / fragmentSize),
    0
  )
  const faults: Array<PassageFault> = []
  const room = latestMillis - client.delayMillis
  for (let nth = 0; nth < frames * 2 + 20; nth++) {
    if (random.chance(chances.loss)) faults.push({ link, nth, lose: true })
    else {
      const delay = random.chance(chances.late) ? random.integer(1, room / 2) : 0
      if (delay > 0) faults.push({ link, nth, delay })
      if (random.chance(chances.duplicate)) {
        faults.push({ link, nth, double: random.chance(0.5) ? 0 : random.integer(1, room / 2) })
      }
      if (random.chance(chances.damage)) faults.push(damage(random, link, nth))
    }
  }
  return faults
}

const damage = (random: Random, link: string, nth: number): PassageFault => {
  switch (random.integer(0, 5)) {
    case 0:
      return { link, nth, cut: random.integer(0, 40) }
    case 1:
      return { link, nth, extend: Buffer.from(rubbish(random)).toString("hex") }
    case 2:
      return { link, nth, splice: random.integer(1, 30) }
    default:
      // The header and the last fragment's few bytes are as likely as the rest.
      return { link, nth, flip: random.chance(0.5) ? random.integer(0, 103) : random.integer(0, 12_000) }
  }
}

const outage = (random: Random) => {
  const from = random.integer(0, 10_000)
  return {
    outage: random.pick(["both", "up", "down"] as const),
    from,
    until: from + random.pick([2000, 2000, 10_000, 30_000])
  }
}

/** The path of some client becomes longer on the way, within what a datagram may be late. */
const pathChanges = (random: Random, clients: ReadonlyArray<ClientScript>): Array<Fault> =>
  clients.flatMap((_, client) =>
    random.chance(0.1) ? [{ slower: random.integer(1, 200), client, at: random.integer(0, 8000) }] : []
  )

const rubbish = (random: Random): Uint8Array =>
  Uint8Array.from({ length: random.integer(0, 40) }, () => random.integer(0, 255))

/** Well-formed, and of nobody whom the server knows. */
const nonsense = (random: Random): Uint8Array => {
  const type = random.pick([frameType.ACK, frameType.NACK, frameType.DAT, frameType.KPA, frameType.FIN, 6, 255])
  const isOfConnection = type === frameType.KPA || type === frameType.FIN
  const count = isOfConnection ? 0 : random.pick([0, 1, 7, 0xffffff])
  return encode({
    sequence: Math.min(count, random.pick([0, 1, 2, 0xffffff])),
    count,
    size: random.pick([0, 13, 1458]),
    type,
    data: isOfConnection ? new Uint8Array(0) : rubbish(random)
  })
}

/** At least `least` and at most `most` of them. */
const several = <A>(
  random: Random,
  most: number,
  drawOne: (random: Random) => A,
  least = 1
): Array<A> => Array.from({ length: random.integer(least, most) }, () => drawOne(random))
