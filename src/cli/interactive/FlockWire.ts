/** The communicator over the modern wire. */
import * as Either from "effect/Either"
import type { BatchSocket } from "../../BatchSocket.ts"
import type { Crc } from "../../Crc.ts"
import type { Failure } from "../Failure.ts"
import { carrier } from "../flock/Sending.ts"
import { server } from "../flock/Serving.ts"
import * as Transport from "../flock/Transport.ts"
import type { Read } from "../Settings.ts"
import type { Wire } from "./Wire.ts"

export const fromSettings = (read: Read): Either.Either<Wire<BatchSocket | Crc>, Failure> =>
  Either.map(Transport.options(read), (options) => ({
    server: server(options),
    carrier: (to) => carrier({ ...options, to, waitMillis: 0 })
  }))
