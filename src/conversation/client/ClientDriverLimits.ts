/** The bounds of the shell of a client of rooms, each with its unit and its reason. */

/** Bytes of messages that are joined into one write: as many small ones as cost little memory. */
export const writeBytes = 64 * 1024

/** The time that the last messages have to reach the server, in milliseconds. */
export const farewellMillis = 2000

/** The time of a server for its welcome, in milliseconds: longer than a password takes at a busy server. */
export const welcomeMillis = 30_000

/** The waits between two attempts, in milliseconds: a connection that breaks is back before a person notices; a server that is gone costs little. */
export const firstRetryMillis = 250
export const mostRetryMillis = 30_000

/** Servers that a client learns from others: each is tried when the one before is gone. */
export const learnedServers = 16
