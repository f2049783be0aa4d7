/** The bounds of framings, each with its unit and its reason. */

/** Bytes of the longest message of a connection: as long as the longest text of a room, with a margin for what plain programs send. */
export const messageBytes = 64 * 1024

/** Bytes of a read from which on `auto` expects more: the buffer of nearly all existing programs, `recv(1024)`. */
export const fullReadBytes = 1024

/** The time for which `auto` waits for the rest of a message, in milliseconds. */
export const holdMillis = 50
