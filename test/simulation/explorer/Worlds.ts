/**
 * The worlds of the explorer. Fragments have one byte, so a name or a text of three letters has three fragments.
 * Messages without a pause differ in their number of fragments. Messages with the same number need a pause of more than
 * 4 s, which is a weakness of the wire and not of the cores (docs/PROTOCOL.md §7.3).
 */
import type { TimingValues } from "../../../src/protocol/classic/TimingValues.ts"
import * as Timing from "../../../src/transport/Timing.ts"
import type { World, WorldMessage } from "./World.ts"

/**
 * A constant retransmission timeout of one second, so that all deadlines are multiples of a second. `lateMillis` of the
 * cores is a millisecond longer than the network's: otherwise both would often expire at the same time.
 */
const even: TimingValues = Object.freeze({
  ...Timing.classic,
  minTimeoutMillis: Timing.classic.maxTimeoutMillis,
  firstTimeoutMillis: Timing.classic.maxTimeoutMillis,
  lateMillis: Timing.classic.lateMillis + 1
})

/** The production intervals: timeouts follow measured RTTs. Time advances to deadlines only. */
const adaptive = {
  timing: Object.freeze({ ...Timing.classic, lateMillis: Timing.classic.lateMillis + 1 }),
  stepMillis: Infinity
}

const text = (content: string): WorldMessage => ({ kind: "text", name: "", content, fragmentSize: 1 })
const file = (content: string): WorldMessage => ({ kind: "file", name: "f", content, fragmentSize: 1 })

const plain: Omit<World, "name" | "about" | "messages"> = {
  timing: even,
  stepMillis: 1000,
  lateMillis: Timing.classic.lateMillis,
  lates: 2,
  losses: 2,
  duplicates: 1,
  damages: 0,
  crashes: 0,
  restartMillis: 0,
  restMillis: [0, 0],
  stayMillis: 0,
  storeMillis: 0,
  refuses: undefined
}

const world = (
  name: string,
  about: string,
  messages: ReadonlyArray<WorldMessage>,
  rest: Partial<World> = {}
): World => ({ ...plain, name, about, messages, ...rest })

export const worlds: ReadonlyArray<World> = [
  world("text", "a text of one fragment", [text("a")], { lates: 3 }),
  world("delays", "a text, any number of late datagrams", [text("a")], { lates: Infinity, losses: 0, duplicates: 0 }),
  world("file", "a file of three fragments", [file("ab")]),
  world("empty", "an empty file", [file("")], { duplicates: 2 }),
  world("texts", "two texts, one after another", [text("a"), text("bc")], { losses: 1 }),
  world("alike", "two equal texts with a pause in between", [text("a"), text("b")], {
    losses: 1,
    restMillis: [5000, 5000]
  }),
  world("rest", "a keep-alive between two texts", [text("a"), text("bc")], { losses: 1, restMillis: [4000, 6000] }),
  world("stay", "a keep-alive before the end", [text("a")], { stayMillis: 6000 }),
  world("storage", "slow storage", [file("a")], { storeMillis: 1000 }),
  world("damage", "two DATs are damaged", [file("ab")], { losses: 1, duplicates: 0, damages: 2 }),
  world("refused", "a file is refused when it is opened", [file("ab"), text("a")], {
    storeMillis: 1000,
    refuses: { message: 0, when: "opened" }
  }),
  world("full", "the second message is refused when it is complete", [text("a"), file("b")], {
    losses: 1,
    duplicates: 0,
    storeMillis: 1000,
    refuses: { message: 1, when: "completed" }
  }),
  world("crash", "the server crashes and restarts at once", [file("a")], { losses: 1, crashes: 1, storeMillis: 1000 }),
  world("restart", "the server crashes and restarts after three seconds", [text("a"), file("b")], {
    losses: 1,
    duplicates: 0,
    crashes: 1,
    restartMillis: 3000
  }),
  world("measured", "measured timeouts, a file", [file("ab")], { ...adaptive, lates: 2 }),
  world("measured-texts", "measured timeouts, two messages", [file("a"), text("bcd")], { ...adaptive, lates: 1 })
]

/** The same world with more faults, except a world with any number of late datagrams, which would become too large. */
export const deepened = (one: World): World =>
  one.lates === Infinity
    ? one
    : { ...one, losses: Math.max(2, one.losses), duplicates: Math.max(1, one.duplicates) }
