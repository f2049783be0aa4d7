/** The communicator over the classic wire. */
import * as Either from "effect/Either"
import type { Crc } from "../../net/Crc.ts"
import type { Socket } from "../../net/Socket.ts"
import type { Failure } from "../errors/Failure.ts"
import type { Read } from "../Settings.ts"
import { withDefault } from "../Settings.ts"
import * as Flags from "../settings/Flags.ts"
import { carrier } from "./ClassicLine.ts"
import { classic } from "./Serving.ts"
import type { Wire } from "./Wire.ts"

export const fromSettings = (read: Read): Either.Either<Wire<Socket | Crc>, Failure> =>
  Either.gen(function*() {
    const silenceMillis = yield* withDefault(read, Flags.timeout)
    const way = { dialect: yield* withDefault(read, Flags.dialect), silenceMillis, waitMillis: 0 }
    return {
      server: classic(silenceMillis),
      // How each message is cut and damaged is asked.
      carrier: (to) => carrier({ ...way, to, fragmentSize: undefined, damage: undefined })
    }
  })
