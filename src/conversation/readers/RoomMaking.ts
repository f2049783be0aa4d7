/** Makes rooms for readers: a name that no other room has or looks like, and the event `made`, whose author owns the room. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Address } from "../../net/Address.ts"
import { guestsMayNot, isGuest } from "../../protocol/conversation/AccessRules.ts"
import * as ConversationLimits from "../../protocol/conversation/ConversationLimits.ts"
import { CountedBuckets } from "../../protocol/conversation/CountedBuckets.ts"
import { type Access, serverOfPerson } from "../../protocol/conversation/EventBody.ts"
import { keysOf, roomOf } from "../../protocol/conversation/Names.ts"
import { hall } from "../../protocol/conversation/Powers.ts"
import { isOwnMachine, sourceOf } from "../../protocol/Source.ts"
import { Logs } from "../logs/Logs.ts"
import type { StoreError } from "../store/Store.ts"
import * as Limits from "./ReadersLimits.ts"
import type { RoomHub } from "./RoomHub.ts"
import type { RoomHubs } from "./RoomHubs.ts"

export interface NewRoom {
  readonly room: string
  readonly access: Access
  /** The other one of a direct room. */
  readonly person: string | undefined
}

export interface Maker {
  readonly author: string
  readonly device: string
  readonly address: Address
}

/** Makes a room. Fails with the reason of a refusal, as a sentence without a full stop. */
export type MakeRoom = (room: NewRoom, maker: Maker) => Effect.Effect<RoomHub, string | StoreError>

/** `random` returns an unpredictable number in [0, 1); `now` is of a clock that never goes back, `time` Unix time, in milliseconds. */
export const make = (
  hubs: RoomHubs,
  { now, random, time }: { readonly now: () => number; readonly time: () => number; readonly random: () => number }
): Effect.Effect<MakeRoom, never, Logs | Scope.Scope> =>
  Effect.gen(function*() {
    const logs = yield* Logs
    const rate = new CountedBuckets(Limits.roomsAtOnce, Limits.roomsPerSecond, random)
    /** The rooms by what their names look like. */
    const looks = new Map<string, string>()
    const onRoom = (room: string): void => void looks.set(keysOf(room).look, room)
    yield* logs.onRoom(onRoom)
    for (const { room } of logs.rooms()) onRoom(room)
    const isHere = (room: string): boolean => logs.rooms().some((one) => one.room === room)
    const opened = (room: string): Effect.Effect<RoomHub, string | StoreError> =>
      Effect.flatMap(hubs.get(room), (hub) =>
        hub === undefined ? Effect.fail(`there is no room ${room}`) : Effect.succeed(hub))

    return ({ access, person, room }, { address, author, device }) =>
      Effect.gen(function*() {
        if (access !== "public" && [author, person ?? author].some(isGuest)) {
          return yield* Effect.fail(guestsMayNot)
        }
        if (access === "direct" && isHere(room)) {
          return yield* opened(room)
        }
        const problem = access === "direct" ? undefined : problemOfName(room, looks)
        if (problem !== undefined) {
          return yield* Effect.fail(problem)
        }
        if (logs.rooms().length >= ConversationLimits.serverRooms) {
          return yield* Effect.fail("this server has too many rooms")
        }
        if (!isOwnMachine(address.host) && rate.take(sourceOf(address), now()) > 0) {
          return yield* Effect.fail("too many new rooms from your address; try again later")
        }
        const servers = person === undefined || serverOfPerson(person) === logs.server ? [] : [serverOfPerson(person)]
        yield* logs.make(room, { access, servers })
        onRoom(room)
        const hub = yield* opened(room)
        const named = servers.length === 0 ? {} : { servers }
        // A device numbers its own posts from 1 on.
        const draft = { author, device, n: 0, kind: "made", body: { app: "chat", access, ...named }, time: time() }
        const failure = yield* Effect.async<string | undefined>((resume) => {
          hub.post(draft, (result) => {
            const isThere = typeof result !== "string" && result._tag !== "Full"
            resume(
              Effect.succeed(isThere ? undefined : typeof result === "string" ? result : "the log of the room is full")
            )
          })
        })
        return failure === undefined ? hub : yield* Effect.fail(failure)
      })
  })

/** Why a room may not have this name, as a sentence without a full stop. */
const problemOfName = (room: string, looks: ReadonlyMap<string, string>): string | undefined => {
  const read = roomOf(room)
  if (read._tag === "NoName") return `the name of the room ${read.problem}`
  if (read.name !== room) return `the name of the room has to be written ${read.name}`
  const other = room === hall ? hall : looks.get(keysOf(room).look)
  if (other === room) return `there is a room ${room} already; open it, if you may`
  return other === undefined ? undefined : `the name of the room looks like ${other}, which is another room`
}
