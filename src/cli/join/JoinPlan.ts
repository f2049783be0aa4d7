/** What `join` was asked for: the server, the room and the app, checked before anything is opened. */
import * as Either from "effect/Either"
import type { AnyApp } from "../../apps/App.ts"
import { type Failure, usage } from "../errors/Failure.ts"
import * as HostingPlan from "../services/HostingPlan.ts"
import type { AppOption } from "../settings/AppOption.ts"
import { type Keyed, withKey } from "../settings/DestinationKey.ts"
import type { RawServer } from "../settings/ServiceSettings.ts"
import { type Destination, destination } from "../settings/Settings.ts"
import { harmless } from "../text/Format.ts"

export type JoinPlan =
  /** A room of a holub server; undefined: it is to be chosen from the server's list. */
  | { readonly _tag: "Room"; readonly to: Destination & Keyed; readonly room: string | undefined }
  /** A server of plain programs, with the app whose client is played. */
  | { readonly _tag: "Raw"; readonly server: RawServer; readonly app: AnyApp | undefined }
  /** The server is to be asked for. */
  | { readonly _tag: "Ask"; readonly app: AnyApp | undefined }

export interface Wanted {
  readonly operands: ReadonlyArray<string>
  readonly raw: RawServer | undefined
  readonly app: ReadonlyArray<AppOption>
  readonly framing: string | undefined
  readonly wire: string
}

export const of = (wanted: Wanted, apps: ReadonlyArray<AnyApp>): Either.Either<JoinPlan, Failure> =>
  Either.gen(function*() {
    const { framing, operands: [place, ...others], raw, wire } = wanted
    if (others.length > 0) {
      return yield* Either.left(usage("join takes one HOST", "write: holub join HOST[:PORT][/APP]"))
    }
    const app = yield* appOf(wanted.app, apps)
    if (raw !== undefined) {
      return place === undefined
        ? { _tag: "Raw", server: raw, app } as const
        : yield* Either.left(usage("join takes either HOST or --raw", "leave one of them out"))
    }
    if (framing !== undefined && place !== undefined) {
      return yield* Either.left(usage("--framing belongs to --raw: a session has a framing of its own"))
    }
    if (place === undefined) return { _tag: "Ask", app } as const
    if (app !== undefined) {
      return yield* Either.left(usage("--app belongs to --raw", `write: holub join ${place}/${app.name}`))
    }
    if (wire === "classic") {
      return yield* Either.left(usage("the classic wire carries no conversations", "leave out --wire classic"))
    }
    return yield* roomOf(place)
  })

/** Reads `[KEY@]HOST[:PORT][/APP[/ROOM]]`. */
export const roomOf = (place: string): Either.Either<Extract<JoinPlan, { _tag: "Room" }>, Failure> => {
  const at = place.indexOf("/")
  const room = at < 0 ? undefined : place.slice(at + 1).replace(/\/$/, "")
  return Either.mapBoth(withKey(destination)(at < 0 ? place : place.slice(0, at)), {
    onLeft: (must) => usage(`HOST ${must}, not "${harmless(place)}"`),
    onRight: (to) => ({ _tag: "Room", to, room: room === "" ? undefined : room })
  })
}

const appOf = (
  [option, ...others]: ReadonlyArray<AppOption>,
  apps: ReadonlyArray<AnyApp>
): Either.Either<AnyApp | undefined, Failure> => {
  if (option === undefined) return Either.right(undefined)
  if (others.length > 0) return Either.left(usage("join plays one app, but --app is given twice", "give it once"))
  return option.written === option.app
    ? HostingPlan.appOf(option.app, apps)
    : Either.left(
      usage(`join needs the name of an app alone, not "${harmless(option.written)}"`, `write: --app ${option.app}`)
    )
}
