/** A way to a server over the classic wire. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Crc } from "../../net/Crc.ts"
import type { Socket } from "../../net/Socket.ts"
import * as Fragments from "../../protocol/classic/Fragments.ts"
import * as Outbox from "../../transfer/Outbox.ts"
import type { Connection, Damage } from "../../transport/classic/ClassicConnection.ts"
import * as Timing from "../../transport/Timing.ts"
import type { Failure } from "../errors/Failure.ts"
import * as Failures from "../errors/Failure.ts"
import * as Transfers from "../report/Transfers.ts"
import type { Read } from "../Settings.ts"
import { withDefault } from "../Settings.ts"
import * as Flags from "../settings/Flags.ts"
import type { Way } from "./Connecting.ts"
import { connect, leave } from "./Connecting.ts"
import * as Items from "./Item.ts"
import type { Carrier } from "./Line.ts"

export interface ClassicOptions extends Way {
  /** Undefined: what fits the way to the peer. */
  readonly fragmentSize: number | undefined
  readonly damage: Damage | undefined
}

export const options = (read: Read): Either.Either<ClassicOptions, Failure> =>
  Either.gen(function*() {
    const to = yield* withDefault(read, Flags.to)
    const which = yield* read(Flags.damage)
    const kind = yield* withDefault(read, Flags.damageKind)
    const seed = (yield* read(Flags.faults))?.seed
    return {
      to,
      fragmentSize: yield* read(Flags.fragmentSize),
      dialect: yield* withDefault(read, Flags.dialect),
      silenceMillis: yield* withDefault(read, Flags.timeout),
      waitMillis: yield* withDefault(read, Flags.wait),
      damage: which === undefined ? undefined : { which, kind, ...(seed === undefined ? {} : { seed }) }
    }
  })

export const carrier = ({ damage, fragmentSize: wantedSize, ...way }: ClassicOptions): Carrier<Socket | Crc> => {
  const planned = (item: Items.Item, fragmentSize: number) =>
    Effect.mapError(Items.planned(item, fragmentSize), Failures.ofRefusal)
  return {
    to: way.to,
    damage,
    check: (item) => planned(item, wantedSize ?? Fragments.maxFragmentSize),
    connect: (report) =>
      Effect.map(connect(way, report), (connection) => ({
        peer: connection.peer,
        fragmentSize: Outbox.fragmentSizeFor(connection.peer),
        roundTrip: roundTrip(connection),
        prepare: (item, cut = { damage }) => {
          const fragmentSize = cut.fragmentSize ?? wantedSize ?? Outbox.fragmentSizeFor(connection.peer)
          const sent = Items.sent(connection, item, { damage: cut.damage, fragmentSize })
          return Effect.map(planned(item, fragmentSize), (plan) => ({
            begun: { size: plan.contentBytes, fragments: plan.fragmentCount, fragmentSize: plan.fragmentSize },
            underway: (message) => Transfers.sending(connection, plan, message),
            send: Effect.map(sent, ({ kind: _kind, ...outcome }) => outcome)
          }))
        },
        lost: Effect.map(connection.closed, Failures.ofConnection),
        // A refusal ends the connection.
        carriesOn: () => false,
        leave: leave(connection, report)
      }))
  }
}

const roundTrip = (connection: Connection): Effect.Effect<number, Failure> =>
  Effect.gen(function*() {
    const millis = yield* Timing.stopwatch
    yield* Effect.mapError(connection.probe, Failures.ofConnection)
    return millis()
  })
