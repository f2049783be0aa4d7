/** What an attacker does in a world of flock, as data. It sees and keeps every datagram, and has no keys but its own. */
import * as Schema from "effect/Schema"

const count = Schema.NonNegativeInt
const millis = Schema.NonNegative

/** The kinds of attacks. */
export const attackKinds = [
  /** Sends a recorded datagram again. */
  "copy",
  /** Sends a recorded datagram with one bit changed, `value` modulo its bits. CRC-32 of handshake packets is made right. */
  "flip",
  /** Sends the first `value` modulo its length bytes of a recorded datagram. */
  "cut",
  /** Sends a recorded datagram with the one after it behind it. */
  "join",
  /** Sends recorded frames under another packet number, larger by `value`. */
  "renumber",
  /** Sends DATA to the connection, with a plausible number and `value` random bytes. */
  "forge",
  /** Sends a RESET of the connection with a random token. */
  "reset",
  /** Answers a HELLO with a HELLO2 that has the attacker's key. */
  "hello2",
  /** Completes a handshake of a client with random bytes. */
  "hello3",
  /** Asks a client for a token. */
  "retry",
  /** Tells a client that the server has another version. */
  "version",
  /** Sends a HELLO of its own with the client's id, or of `value` mod 4: a short one, one without a gate, one of another version. */
  "hello",
  /** Sends `value` HELLOs from as many addresses. */
  "flood",
  /** Sends a HELLO, and uses the token of a RETRY from another address. */
  "token",
  /** Sends packets of a session to a server that does not know it, and the token of the RESET that it gets to the client. */
  "oracle"
] as const
export type AttackKind = (typeof attackKinds)[number]

export const Attack = Schema.Struct({
  attack: Schema.Literal(...attackKinds),
  /** When: at a time, or after a host has sent the nth datagram of a link. */
  when: Schema.Union(
    Schema.Struct({ at: millis }),
    Schema.Struct({ link: Schema.String.pipe(Schema.pattern(/^\d+(?:up|down)$/)), nth: count, after: millis })
  ),
  /** The client whose session is attacked. */
  client: count,
  /** Who gets the datagrams, where the kind leaves a choice. */
  to: Schema.Literal("client", "server", "other"),
  /** The address that they come from: that of the peer, or one of the attacker. */
  from: Schema.Union(Schema.Literal("peer"), count),
  /** Which of the recorded datagrams, from the newest. */
  seen: count,
  value: count
})
export type Attack = typeof Attack.Type
