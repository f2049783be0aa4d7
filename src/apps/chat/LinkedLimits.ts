/** The bounds of the chat over two servers, each with its unit and its reason. */

/** The time for which a text counts, in milliseconds: longer than it takes to return, shorter than a person takes to repeat an answer. */
export const windowMillis = 2000

/** The time in which the second copy of a text follows the first one, in milliseconds, on a busy machine too. */
export const copyMillis = 500

/** The wait for a framed copy while no client has turned out to be the other server, and for the rest of a read that was cut, in milliseconds. */
export const holdMillis = 50

/** Bytes of a read from which on more of its text may follow, as in the framing `auto`. */
export const fullReadBytes = 1024

/** Hexadecimal digits of all texts that are counted, each time it is counted: 2 MiB of texts, with room for many of the longest. */
export const countedDigits = 4 * 1024 * 1024

/** Events that are counted: a thousand texts a second, each with four events. */
export const countedEvents = 8192

/** Hexadecimal digits of reads that wait: twice the longest text. Beyond it the first read is a text. */
export const heldDigits = 4 * 64 * 1024

/** Texts of clients whose copy is awaited: beyond it the first client is not the other server. */
export const pairs = 256
