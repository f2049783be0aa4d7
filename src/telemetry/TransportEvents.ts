/** The events that transports publish on the EventBus. */

/** Something about a peer that the transport found out, and that ends nothing: the network may have forged it. */
export interface PeerHint {
  readonly _tag: "PeerHint"
  /** `host:port`. */
  readonly peer: string
  /** The peer answers, and speaks the other wire. */
  readonly speaks: "classic" | "flock"
}

export type TransportEvent = PeerHint | { readonly _tag: "Packet" }
