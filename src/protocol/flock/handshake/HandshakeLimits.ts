/** The bounds of handshakes, each with its unit and its reason (docs/PROTOCOL.md, flock §3, §11). */

/** Milliseconds after which an unanswered HELLO is retransmitted, doubled each time up to the maximum. */
export const helloMillis = 300
export const maxHelloMillis = 2000

/**
 * Incomplete handshakes at one server, and milliseconds for which one is kept: a flood of them holds a few MiB.
 * `leastHalfOpen` of them are for each source, while there are some, and one is answered `hello2Repeats` times. Clients that
 * have brought a token are known to receive: they need less time.
 */
export const halfOpen = 1024
export const leastHalfOpen = 16
export const hello2Repeats = 8
export const halfOpenMillis = 10_000
export const provedHalfOpenMillis = 3000

/**
 * A server asks for tokens while it has so many incomplete handshakes, or receives so many HELLOs without a token in a second, and
 * for so many milliseconds after that. A handshake costs up to 0.4 ms: 100 a second take 4 % of a processor.
 */
export const retryHalfOpen = 64
export const retryHellosPerSecond = 100
export const retryMillis = 10_000

/** Handshakes with a token each second: an attacker with many addresses takes 20 % of a processor at most. */
export const handshakesPerSecond = 500

/**
 * The same from one source while tokens are asked for, at once and each second: the hosts behind a shared address of a
 * provider still connect. It gets as many tokens: a RETRY costs 20 µs. Programs of the same machine have no such limit.
 */
export const sourceHandshakes = 50
export const sourceHandshakesPerSecond = 20

/**
 * Milliseconds for which a token is valid, and after which its secret is replaced: the round trip of a slow path with
 * retransmissions. The secret before it stays valid.
 */
export const tokenMillis = 15_000
export const tokenSecretMillis = 120_000

/** RETRYs each second to sources that have used up their own: each costs 15 µs, so that these take 3 % of a processor. */
export const retriesPerSecond = 2000

/** RETRYs that a client follows in one attempt, and HELLOs with one token, before it goes on without: a RETRY may be forged. */
export const retries = 2
export const hellosPerToken = 2

/** HELLO2s that a client reads in one attempt, and HELLO3s that a server reads for one entry. Each costs 0.1 ms and may be forged. */
export const hello2Reads = 16
export const hello3Reads = 8

/**
 * Milliseconds for which a client waits for the expected key after a HELLO2 with another one, which may be forged by a host that
 * saw HELLO. Three further HELLOs are sent in that time.
 */
export const otherKeyMillis = 2500
