/**
 * The states of an app in one room: one for all clients, or one for each. It applies inputs and finds what is due; the Room performs
 * the outputs.
 */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import type { Answered, AnyApp, App, Input, LogInput, Member, Output, Remembered, Start, Turn } from "../apps/App.ts"
import { Deadlines } from "../transport/Deadlines.ts"

/** What the apps of a room start with; a seed is drawn for each state. */
export interface RoomStart extends Omit<Start, "seed" | "now" | "room" | "server"> {
  /** Default: `room` of this server, `local`. */
  readonly room?: string | undefined
  readonly server?: string | undefined
  readonly seed: () => Uint8Array
  readonly now: () => number
}

/** A state, and the client whose own it is. */
interface Run<S> {
  state: S
  readonly member: Member | undefined
}

/** What an app gets. */
export type RunInput = Input | LogInput | Answered

/** What the Room sees of the states. Every function may throw what the app throws; the states are as before then. */
export interface Runs {
  /** Whether clients say passwords. */
  readonly isSecret: boolean
  /** Applies an input and returns what is to be done. An input of a member without a state is ignored. */
  readonly on: (input: RunInput) => ReadonlyArray<Output>
  /** When `wake` is due, on the clock of `RoomStart.now`; Infinity for never. */
  readonly deadline: () => number
  /** Wakes the state that is due first. Undefined if none is due. */
  readonly wake: () => { readonly member: Member | undefined; readonly outputs: ReadonlyArray<Output> } | undefined
  readonly nameOf: (member: Member) => string | undefined
  readonly remembered: () => Remembered | undefined
  /** Removes all entries with this value, and returns their number. */
  readonly forget: (value: string) => number
}

/** The states of an app with the texts of its configuration, or what is wrong with these. */
export const runsOf = (
  app: AnyApp,
  config: Readonly<Record<string, string>>,
  start: RoomStart,
  earlier?: Remembered
): Either.Either<Runs, string> =>
  app.use((typed) =>
    Either.mapBoth(Schema.decodeUnknownEither(typed.config, { onExcessProperty: "error" })(config), {
      onLeft: (error) =>
        ParseResult.ArrayFormatter.formatErrorSync(error)
          .map(({ message, path }) => path.length === 0 ? message : `${path.join(".")}: ${message}`).join("; "),
      onRight: (decoded: typeof typed.config.Type) => make(typed, decoded, start, earlier)
    })
  )

const make = <S, C>(app: App<S, C>, config: C, start: RoomStart, earlier: Remembered | undefined): Runs => {
  const deadlines = new Deadlines<Run<S>>()
  const own = new Map<Member, Run<S>>()
  const opened = (member: Member | undefined): Run<S> => {
    const { crypto, language, room = "room", server = "local" } = start
    let seed: Uint8Array | undefined
    const beginning = {
      crypto,
      language,
      room,
      server,
      now: start.now(),
      // Drawn for the apps that use chance: a client of the others costs less.
      get seed() {
        return seed ??= start.seed()
      }
    }
    return { state: app.init(config, beginning), member }
  }
  const common = app.audience === "all" ? opened(undefined) : undefined
  if (common !== undefined && earlier !== undefined && app.memory !== undefined) {
    common.state = app.memory.with(common.state, earlier)
  }
  const runOf = (input: Exclude<RunInput, { _tag: "Woken" }>): Run<S> | undefined => {
    if (common !== undefined) return common
    if (!("member" in input)) return undefined
    if (input._tag === "Joined") own.set(input.member, opened(input.member))
    return own.get(input.member)
  }
  const settle = (run: Run<S>): void => deadlines.set(run, app.deadline?.(run.state) ?? Infinity)
  const turn = (state: S, input: RunInput): Turn<S> => {
    switch (input._tag) {
      case "Attached":
      case "Denied":
      case "Recorded":
      case "FromLog":
        return app.onLog?.(state, input, start.now()) ?? [state, []]
      case "Answered":
        return app.onAnswered?.(state, input, start.now()) ?? [state, []]
      default:
        return app.on(state, input, start.now())
    }
  }
  const apply = (run: Run<S>, input: RunInput): ReadonlyArray<Output> => {
    const [state, outputs] = turn(run.state, input)
    run.state = state
    settle(run)
    return outputs
  }
  if (common !== undefined) settle(common)
  return {
    isSecret: app.isSecret?.(config) === true,
    on: (input) => {
      if (input._tag === "Woken") return []
      const run = runOf(input)
      if (run === undefined) return []
      try {
        return apply(run, input)
      } finally {
        if (input._tag === "Left" && run !== common) {
          own.delete(input.member)
          deadlines.set(run, Infinity)
        }
      }
    },
    deadline: () => deadlines.first,
    wake: () => {
      const run = deadlines.takeDue(start.now())
      return run === undefined ? undefined : { member: run.member, outputs: apply(run, { _tag: "Woken" }) }
    },
    nameOf: (member) => {
      const run = common ?? own.get(member)
      return run === undefined ? undefined : app.nameOf?.(run.state, member)
    },
    remembered: () => common === undefined ? undefined : app.memory?.of(common.state),
    forget: (value) => {
      if (common === undefined || app.memory === undefined) return 0
      const before = Object.entries(app.memory.of(common.state))
      const kept = before.filter(([, one]) => one !== value)
      common.state = app.memory.with(common.state, Object.fromEntries(kept))
      settle(common)
      return before.length - kept.length
    }
  }
}
