/** The wire that a command speaks, and how it behaves, as the settings say. */
import type { Address } from "../../net/Address.ts"
import type { WireSettings } from "../../node/Wires.ts"
import type { FragmentOptions, WireName } from "../../transport/Transport.ts"
import type { Values } from "./Settings.ts"

export interface WireOptions extends WireSettings {
  readonly wire: WireName
}

/** Some are of one wire only: a command has those of the wires that it can speak. */
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

/** The server that a client connects to, and how its messages travel. */
export interface ClientOptions {
  readonly to: Address
  /** How long an unreachable server is tried again; 0: it is not. */
  readonly waitMillis: number
  /** Undefined on a wire that has no fragments. */
  readonly fragments: FragmentOptions | undefined
}

export type ClientValues =
  & Pick<Values, "damage" | "damageKind" | "faults" | "fragmentSize" | "wait" | "wire">
  & { readonly to: Address }

export const client = (
  { damage: which, damageKind: kind, faults, fragmentSize, to, wait, wire }: ClientValues
): ClientOptions => {
  const seed = faults?.seed
  const damage = which === undefined ? undefined : { which, kind, ...(seed === undefined ? {} : { seed }) }
  return { to, waitMillis: wait, fragments: wire === "classic" ? { fragmentSize, damage } : undefined }
}
