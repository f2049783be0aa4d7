/** The registry of wires on Node: each is a layer of Transport, made from the settings that concern it. */
import type * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { Crc } from "../net/Crc.ts"
import type { Socket } from "../net/Socket.ts"
import type { Tcp } from "../net/Tcp.ts"
import type { Dialect } from "../protocol/classic/ClassicFrame.ts"
import type { Name as CongestionName } from "../protocol/flock/congestion/Congestion.ts"
import type { Aead } from "../security/Aead.ts"
import type { Crypto } from "../security/Crypto.ts"
import type { Keyring } from "../security/Keyring.ts"
import type { TcpSecrets } from "../security/TcpHandshake.ts"
import * as ClassicTransport from "../transport/classic/ClassicTransport.ts"
import * as FlockTransport from "../transport/flock/FlockTransport.ts"
import type { SessionSecrets } from "../transport/flock/HandshakeKeys.ts"
import * as TcpTransport from "../transport/tcp/TcpTransport.ts"
import type { Transport, WireName } from "../transport/Transport.ts"

/** The settings of all wires; each wire uses those that apply to it. */
export interface WireSettings {
  readonly dialect?: Dialect | undefined
  /** The idle timeout of a session, in milliseconds. Default: the wire's own. */
  readonly idleTimeoutMillis?: number | undefined
  readonly congestion?: CongestionName | undefined
  readonly maxDatagramBytes?: number | undefined
  readonly limitBytesPerSecond?: number | undefined
  readonly protection?: "aead" | "crc" | undefined
  readonly psk?: Redacted.Redacted<Uint8Array> | undefined
  readonly onSecrets?: ((secrets: SessionSecrets | TcpSecrets) => void) | undefined
}

/** What the wires require. */
export type WireServices = Socket | Tcp | Crc | Crypto | Aead | Keyring

type MakeWire = (settings: WireSettings) => Layer.Layer<Transport, never, WireServices>

const wires: Readonly<Record<WireName, MakeWire>> = {
  classic: ClassicTransport.layer,
  flock: FlockTransport.layer,
  tcp: TcpTransport.layer
}

/** The layer of the wire with the given name. */
export const layer = (name: WireName, settings: WireSettings = {}): Layer.Layer<Transport, never, WireServices> =>
  wires[name](settings)
