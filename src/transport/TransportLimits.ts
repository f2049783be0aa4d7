/** The bounds of transports that both wires share, or that no wire defines, each with its unit and its reason. */

/** Milliseconds in which the header of a message must arrive: it is sent at once, in a packet or a few. */
export const headerMillis = 10_000

/**
 * Milliseconds for which a message or a stream waits for an application that handles none. An application that first
 * opens a database or asks for a password needs seconds; a sender should learn soon that nothing takes its message.
 */
export const untakenMillis = 10_000

/**
 * Sessions of a process that open or close in one turn of its event loop. Their datagrams, `farewells` for each, are less
 * than the 32 messages that Node reads from a socket in a turn.
 */
export const burstSessions = 8

/**
 * Sources that receive a hint at the other wire within `hintMillis`, and the time in milliseconds for which a source receives
 * no second one: 100 short datagrams a second at most.
 */
export const hintSources = 1000
export const hintMillis = 10_000

/**
 * Bytes that a socket of `@effect/platform` has passed to handlers that have not completed; beyond it reading pauses. As much as one
 * read of the network gives: a handler may still need bytes that come after its own.
 */
export const unhandledBytes = 64 * 1024

/** Bytes of a TCP connection of `@effect/platform` that the kernel has not taken, from which on a write waits. */
export const unsentBytes = 32 * 1024

/**
 * After a TCP connection was ended: the time for which further input is discarded, in milliseconds, and its bytes. A connection that
 * is closed with unread input is reset, which would discard the answer. On a path with loss the answer may be sent several times.
 */
export const lingerMillis = 10_000
export const lingerBytes = 64 * 1024

/**
 * Bytes of received messages that wait for a program at a framed socket, with `waitingOverheadBytes` for each: a program that
 * pauses for a second on a fast network. The sockets of `@effect/platform` cannot be paused.
 */
export const waitingFramedBytes = 16 * 1024 * 1024
export const waitingOverheadBytes = 128
