/** The room that a command names: `[KEY@]HOST[:PORT]/ROOM`. */
import * as Either from "effect/Either"
import type { Address } from "../../net/Address.ts"
import { hall } from "../../protocol/conversation/Powers.ts"
import type { WireName } from "../../protocol/WireName.ts"
import { type Failure, usage } from "../errors/Failure.ts"
import * as JoinPlan from "../join/JoinPlan.ts"
import type { Keyed } from "../settings/DestinationKey.ts"
import * as WireOptions from "../settings/WireOptions.ts"
import { roomOfChat } from "./RoomSession.ts"

export interface RoomPlace {
  readonly to: Address & Keyed
  /** As its log names it: without a ROOM the hall. */
  readonly room: string
}

export const of = (text: string | undefined, wire: WireName): Either.Either<RoomPlace, Failure> => {
  if (text === undefined) {
    return Either.left(usage("no room is named", "write HOST[:PORT]/ROOM, such as alpha.example/hall"))
  }
  if (wire === "classic") {
    return Either.left(usage("the classic wire carries no conversations", "leave out --wire classic"))
  }
  return Either.map(JoinPlan.roomOf(text), ({ room = hall, to }) => ({
    to: WireOptions.addressOf(to, wire),
    room: roomOfChat(room) ?? room
  }))
}
