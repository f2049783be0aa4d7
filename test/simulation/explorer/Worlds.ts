/**
 * The worlds that are explored. Fragments have one byte, so that a name or a text of three letters has three. Messages that
 * follow at once differ in their number of fragments: those of the same number need a rest of more than 4 s, which is a
 * weakness of the wire and not of the cores (docs/PROTOCOL.md §7.3).
 */
import type { TimingValues } from "../../../src/protocol/classic/TimingValues.ts"
import * as Timing from "../../../src/transport/Timing.ts"
import type { World, WorldMessage } from "./World.ts"

/**
 * A retransmission timeout that is always a second, so that all deadlines are on a grid of seconds. The cores take a datagram
 * for dead a millisecond after it may be delivered for the last time: on a grid, both would often be at the same instant.
 */
const even: TimingValues = Object.freeze({
  ...Timing.classic,
  minTimeoutMillis: Timing.classic.maxTimeoutMillis,
  firstTimeoutMillis: Timing.classic.maxTimeoutMillis,
  lateMillis: Timing.classic.lateMillis + 1
})

/** The production intervals as they are: timeouts follow measured round trips. Only deadlines divide the time. */
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
  world("alike", "two texts alike, with a rest between", [text("a"), text("b")], {
    losses: 1,
    restMillis: [5000, 5000]
  }),
  world("rest", "a keep-alive between two texts", [text("a"), text("bc")], { losses: 1, restMillis: [4000, 6000] }),
  world("stay", "a keep-alive before the end", [text("a")], { stayMillis: 6000 }),
  world("storage", "storage takes its time", [file("a")], { storeMillis: 1000 }),
  world("damage", "two DATs are damaged", [file("ab")], { losses: 1, duplicates: 0, damages: 2 }),
  world("refused", "refused when it is opened", [file("ab"), text("a")], {
    storeMillis: 1000,
    refuses: { message: 0, when: "opened" }
  }),
  world("full", "the second is refused when it is whole", [text("a"), file("b")], {
    losses: 1,
    duplicates: 0,
    storeMillis: 1000,
    refuses: { message: 1, when: "completed" }
  }),
  world("crash", "the server crashes and is back at once", [file("a")], { losses: 1, crashes: 1, storeMillis: 1000 }),
  world("restart", "it crashes and is away for three seconds", [text("a"), file("b")], {
    losses: 1,
    duplicates: 0,
    crashes: 1,
    restartMillis: 3000
  }),
  world("measured", "measured timeouts, a file", [file("ab")], { ...adaptive, lates: 2 }),
  world("measured-texts", "measured timeouts, two messages", [file("a"), text("bcd")], { ...adaptive, lates: 1 })
]

/** The same with more faults; any number of late datagrams leaves no room for them. */
export const deepened = (one: World): World =>
  one.lates === Infinity
    ? one
    : { ...one, losses: Math.max(2, one.losses), duplicates: Math.max(1, one.duplicates) }
