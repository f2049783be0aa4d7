/** The options of wire and client that follow from the settings. */
import type { Address } from "../../net/Address.ts"
import type { WireSettings } from "../../node/Wires.ts"
import { defaultPorts } from "../../protocol/WireName.ts"
import type { SendOptions } from "../../transfer/Outbox.ts"
import type { WireName } from "../../transport/Transport.ts"
import type { Keyed } from "./DestinationKey.ts"
import type { Destination, Values } from "./Settings.ts"

export interface WireOptions extends WireSettings {
  readonly wire: WireName
}

/** The settings of wires. A command that does not send has no `dialect`. */
export type WireValues =
  & Pick<Values, "wire" | "timeout" | "congestion" | "mtu" | "limit">
  & Partial<Pick<Values, "dialect">>

export const fromSettings = ({ congestion, dialect, limit, mtu, timeout, wire }: WireValues): WireOptions => ({
  wire,
  dialect,
  idleTimeoutMillis: timeout,
  congestion,
  maxDatagramBytes: mtu,
  limitBytesPerSecond: limit
})

/** The options of a client: its server, and how its messages travel. */
export interface ClientOptions {
  readonly to: Address & Keyed
  /** Whether the key of the server, if it is in the destination, is remembered. */
  readonly remembers?: boolean | undefined
  /** The time for attempts to reach the server, in milliseconds; 0: one attempt. */
  readonly waitMillis: number
  readonly message: SendOptions
}

export type ClientValues =
  & Pick<Values, "damage" | "damageKind" | "faults" | "fragmentSize" | "remember" | "wait" | "wire">
  & { readonly to: Destination & Keyed }

/** The address of a server; without a port it is at the wire's default port. */
export const addressOf = ({ host, key, port }: Destination & Keyed, wire: WireName): Address & Keyed => ({
  host,
  port: port ?? defaultPorts[wire],
  ...(key === undefined ? {} : { key })
})

export const client = (
  { damage: which, damageKind: kind, faults, fragmentSize, remember, to, wait, wire }: ClientValues
): ClientOptions => {
  const seed = faults?.seed
  const damage = which === undefined ? undefined : { which, kind, ...(seed === undefined ? {} : { seed }) }
  return {
    to: addressOf(to, wire),
    remembers: remember,
    waitMillis: wait,
    message: wire === "classic" ? { fragmentSize, damage } : {}
  }
}
