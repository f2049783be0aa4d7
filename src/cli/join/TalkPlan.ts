/** What `talk` does, from its settings: where it listens, and to where it sends. */
import * as Either from "effect/Either"
import { type Address, format, ipVersionOf, isLoopback } from "../../net/Address.ts"
import { type Failure, usage } from "../errors/Failure.ts"
import type { Values } from "../settings/Settings.ts"

export type TalkValues = Pick<Values, "group" | "interface" | "listen" | "once" | "to">

export interface TalkPlan {
  /** The app in events: `peer`, or `multicast` for a group. */
  readonly app: "peer" | "multicast"
  readonly transport: "udp" | "multicast"
  /** The local address, whose host may be a name; of `multicast` the group. Undefined: what suits the destination. */
  readonly local: Address | undefined
  /** The destination of typed lines, whose host may be a name. Undefined: the sender of the last datagram. */
  readonly to: Address | undefined
  readonly interface: string | undefined
  /** Whether it was asked to listen, and so goes on after its last line. */
  readonly listens: boolean
}

export const of = (values: TalkValues): Either.Either<TalkPlan, Failure> =>
  Either.gen(function*() {
    const { group, interface: via, listen } = values
    const to = yield* destinationOf(values)
    if (group !== undefined) {
      if (listen !== undefined || to !== undefined) {
        return yield* Either.left(
          usage("--group is where talk listens and where it sends: leave out --listen and --to")
        )
      }
      return { app: "multicast", transport: "multicast", local: group, to: group, interface: via, listens: true }
    }
    if (via !== undefined) {
      return yield* Either.left(usage("--interface is for --group only", "write: --group GROUP:PORT"))
    }
    if (listen === undefined && to === undefined) {
      return yield* Either.left(
        usage("talk needs --listen, --to or --group", "write: holub talk --listen 8005 --to HOST:8006")
      )
    }
    const local = listen === undefined ? undefined : { host: listen.host ?? hostFor(to), port: listen.port }
    return { app: "peer", transport: "udp", local, to, interface: undefined, listens: listen !== undefined }
  })

const destinationOf = ({ to }: TalkValues): Either.Either<Address | undefined, Failure> => {
  if (to === undefined) return Either.right(undefined)
  const { host, key, port } = to
  if (key !== undefined) {
    return Either.left(usage("datagrams of talk have no keys", `write: --to ${format({ host, port: port ?? 8006 })}`))
  }
  if (port === undefined) {
    return Either.left(usage(`--to ${host} has no port`, `write: --to ${format({ host, port: 8006 })}`))
  }
  return Either.right({ host, port })
}

/** The local address for datagrams to a literal address: loopback for loopback, else all addresses of its family. */
export const hostFor = (to: Address | undefined): string => {
  if (to === undefined) return "127.0.0.1"
  const isIpv6 = ipVersionOf(to.host) === 6
  if (isLoopback(to.host)) return isIpv6 ? "::1" : "127.0.0.1"
  return isIpv6 ? "::" : "0.0.0.0"
}
