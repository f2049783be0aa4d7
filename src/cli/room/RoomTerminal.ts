/** A person in rooms, on a whole screen: keys go to the screen and its client, and what the client has is drawn. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ClientEvent } from "../../protocol/conversation/client/ClientView.ts"
import { perform } from "../../protocol/conversation/client/TypedLine.ts"
import { pathCompleted } from "../interactive/PathCompleter.ts"
import type { Paint } from "../report/Colours.ts"
import type { Output } from "../report/Output.ts"
import { FullScreen, type ScreenDevice } from "./FullScreen.ts"
import { followed } from "./ReadingRooms.ts"
import type { RunningClient } from "./RunningClient.ts"
import { handleKey, handlePaste } from "./ScreenKeys.ts"
import { layoutOf } from "./ScreenLayout.ts"
import { type Around, initial, type ScreenState, type Size, type Step, type Wish } from "./ScreenState.ts"
import { zoneMinutes } from "./ScreenTime.ts"
import { answered, wrong } from "./SendingLine.ts"

export interface RoomTerminalOptions {
  readonly device: ScreenDevice
  readonly paint: Paint
  /** The room that the person wants to be in. */
  readonly room: string | undefined
}

/** The time between two looks at the clock, in milliseconds: what a person has stopped to type is not shown to others for long. */
const tickMillis = 1000

export class RoomTerminal {
  readonly #running: RunningClient
  readonly #left: Deferred.Deferred<void>
  readonly #screen: FullScreen
  readonly #ticking: NodeJS.Timeout
  #state: ScreenState

  constructor(running: RunningClient, left: Deferred.Deferred<void>, { device, paint, room }: RoomTerminalOptions) {
    this.#running = running
    this.#left = left
    this.#state = initial(device.size(), zoneMinutes(Date.now()), room)
    this.#screen = new FullScreen({
      device,
      paint,
      layout: (size) => this.#layout(size),
      onKey: (key) => this.#turn((state, around) => handleKey(state, key, around)),
      onPaste: (paste) => this.#turn((state, around) => handlePaste(state, paste, around))
    })
    this.#ticking = setInterval(() => this.onTurn([]), tickMillis)
    this.onTurn([])
  }

  /** The client has changed. */
  onTurn(events: ReadonlyArray<ClientEvent | { readonly _tag: "Unreached" | "Lost" }>): void {
    for (const event of events) {
      // The reason of one in a room stands in the room.
      if (event._tag === "Refused" && event.room === undefined) this.#tell(event.reason)
    }
    this.#turn((state, around) => followed(state, around))
  }

  /** Shows what commands report beside the rooms. */
  note(text: string): void {
    const line = text.split("\n").findLast((one) => one.trim() !== "")
    if (line === undefined) return
    this.#tell(line.trim())
    this.#screen.changed()
  }

  close(): void {
    clearInterval(this.#ticking)
    this.#screen.close()
  }

  #tell(message: string): void {
    this.#state = { ...this.#state, message }
  }

  #turn(change: (state: ScreenState, around: Around) => Step): void {
    const { state, wishes } = change(this.#state, this.#around)
    this.#state = state
    for (const wish of wishes) this.#grant(wish)
    this.#screen.changed()
  }

  get #around(): Around {
    return { view: this.#running.client.view, now: Date.now(), pathsOf }
  }

  #grant(wish: Wish): void {
    const { act } = this.#running
    switch (wish._tag) {
      case "Line":
        return this.#perform(wish.line, wish.room)
      case "Past": {
        const problem = act((client) => client.readPast(wish.room))
        if (problem !== undefined) this.#tell(problem)
        return
      }
      case "Mark":
        return act((client) => client.markRead(wish.room))
      case "Presence":
        return act((client) => client.setPresence(wish.room, wish.state))
      case "Again": {
        const posted = act((client, now) => client.postAgain(wish.room, wish.n, now))
        if (typeof posted === "string") this.#tell(posted)
        return
      }
      case "TakeBack":
        act((client) => client.takeBack(wish.room, wish.n))
        return
      case "Leave":
        return Deferred.unsafeDone(this.#left, Effect.void)
      case "Suspend":
        return this.#screen.suspend()
      case "Redraw":
        return this.#screen.redraw()
    }
  }

  #perform(line: string, room: string | undefined): void {
    const answer = this.#running.act((client, now) => perform(client, room, line, now))
    if (answer._tag === "File" || answer._tag === "Get") {
      this.#state = wrong(this.#state, line, "this version sends and fetches no files in rooms")
      return
    }
    this.#turn((state, around) => answered(state, line, answer, around))
  }

  #layout(size: Size) {
    const { now, view } = this.#around
    this.#state = { ...this.#state, ...size, zoneMinutes: zoneMinutes(now) }
    return layoutOf(this.#state, view, now)
  }
}

const pathsOf = (typed: string): ReadonlyArray<string> => pathCompleted("files")(typed).lines

/** The terminal until the scope closes, and when the person wants to leave. Notes of commands go to it meanwhile. */
export const open = (
  running: RunningClient,
  outputs: { readonly terminal: Output; readonly redirect: (to: Output | undefined) => void },
  options: RoomTerminalOptions
): Effect.Effect<{ readonly terminal: RoomTerminal; readonly left: Effect.Effect<void> }, never, Scope.Scope> =>
  Effect.gen(function*() {
    const left = yield* Deferred.make<void>()
    const terminal = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const opened = new RoomTerminal(running, left, options)
        outputs.redirect({ ...outputs.terminal, write: (text) => opened.note(text) })
        return opened
      }),
      (opened) =>
        Effect.sync(() => {
          opened.close()
          outputs.redirect(undefined)
        })
    )
    return { terminal, left: Deferred.await(left) }
  })
