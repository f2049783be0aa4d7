/** Shows the rooms of a client to a person on the whole screen, or in lines where the terminal can do no more, until the person leaves. */
import type * as Terminal from "@effect/platform/Terminal"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { ClientEvent } from "../../protocol/conversation/client/ClientView.ts"
import { Dialog } from "../interactive/Dialog.ts"
import * as TerminalDevice from "../interactive/TerminalDevice.ts"
import * as TerminalDialog from "../interactive/TerminalDialog.ts"
import type { Face } from "../join/Talk.ts"
import * as TalkFaces from "../join/TalkFaces.ts"
import type { Paint } from "../report/Colours.ts"
import type { Outputs } from "../report/Outputs.ts"
import { canFill, type ScreenDevice } from "./FullScreen.ts"
import * as PlainRooms from "./PlainRooms.ts"
import * as RoomTerminal from "./RoomTerminal.ts"
import type { RunningClient } from "./RunningClient.ts"

/** Something else that happens to the client: it changes the view only. */
type Other = { readonly _tag: "Unreached" | "Lost" }

export type OnTurn = (events: ReadonlyArray<ClientEvent | Other>) => void

export interface RoomsFaceOptions<R> {
  /** The room that the person wants to be in. */
  readonly room: string | undefined
  readonly device: ScreenDevice
  readonly paint: Paint
  readonly outputs: Pick<Outputs, "redirect" | "stdout" | "terminal">
  /** Opened where the screen does not fit: lines of a person (`personLines`), or of a script. */
  readonly lines: Effect.Effect<Face, never, R>
}

/**
 * `connect` runs the client, calls back after each turn of it, and returns when the person is welcome; the terminal is the program's before
 * that. `ended` fails when no server takes the person any more.
 */
export const run = <E, R, R2>(
  connect: (onTurn: OnTurn) => Effect.Effect<
    { readonly running: RunningClient; readonly ended: Effect.Effect<never, E> },
    E,
    R
  >,
  options: RoomsFaceOptions<R2>
): Effect.Effect<void, E, Exclude<R | R2, Scope.Scope>> =>
  Effect.scoped(Effect.gen(function*() {
    let shown: { readonly onTurn: OnTurn; readonly left: Effect.Effect<void> } | undefined
    const { ended, running } = yield* connect((events) => shown?.onTurn(events))
    shown = yield* open(running, options)
    // What has come since the client was run.
    shown.onTurn([])
    yield* Effect.raceFirst(shown.left, ended)
  }))

const open = <R>(running: RunningClient, { device, lines, outputs, paint, room }: RoomsFaceOptions<R>) =>
  Effect.gen(function*() {
    if (canFill(device, outputs.stdout)) {
      const { left, terminal } = yield* RoomTerminal.open(running, outputs, { device, paint, room })
      return { left, onTurn: (events: Parameters<OnTurn>[0]) => terminal.onTurn(events) }
    }
    const plain = yield* PlainRooms.open(running, yield* lines, room)
    return { left: plain.left, onTurn: (events: Parameters<OnTurn>[0]) => plain.onTurn(events.filter(isOfClient)) }
  })

const isOfClient = (event: ClientEvent | Other): event is ClientEvent =>
  event._tag !== "Unreached" && event._tag !== "Lost"

/** A person who types below what arrives, until the scope closes. */
export const personLines = (
  outputs: Pick<Outputs, "redirect" | "stdout" | "terminal">
): Effect.Effect<Face, never, Terminal.Terminal | Scope.Scope> =>
  Effect.gen(function*() {
    const built = yield* Layer.build(TerminalDialog.layer(TerminalDevice.ofProcess(outputs.terminal)))
    const dialog = Context.get(built, Dialog)
    yield* Effect.acquireRelease(
      Effect.sync(() => outputs.redirect(dialog.output)),
      () => Effect.sync(() => outputs.redirect(undefined))
    )
    return TalkFaces.ofPerson(dialog, outputs.stdout)
  })
