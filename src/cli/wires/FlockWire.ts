/** The communicator over the modern wire. */
import * as Either from "effect/Either"
import type { Crc } from "../../net/Crc.ts"
import type { Socket } from "../../net/Socket.ts"
import type { Failure } from "../errors/Failure.ts"
import type { Read } from "../Settings.ts"
import { carrier } from "./FlockSending.ts"
import { server } from "./FlockServing.ts"
import * as Transport from "./Transport.ts"
import type { Wire } from "./Wire.ts"

export const fromSettings = (read: Read): Either.Either<Wire<Socket | Crc>, Failure> =>
  Either.map(Transport.options(read), (options) => ({
    server: server(options),
    carrier: (to) => carrier({ ...options, to, waitMillis: 0 })
  }))
