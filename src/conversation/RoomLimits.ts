/** The bounds of rooms and their listeners, each with its unit and its reason. */

/** Clients of one room at the same time: 4,096 at 30 KB each are 120 MB. An app may have a lower limit. */
export const members = 4096

/** Clients that each source may have in a room while there is room for others (`Shares`): a classroom behind one address. */
export const membersOfSource = 64

/** Places kept for sources that have no client in the room yet: an eighth. */
export const membersForNewcomers = 512

/** The time in which a client has to say its first message, in milliseconds, where the app waits for it: a person who types slowly. */
export const firstMessageMillis = 120_000

/** Bytes that wait for a slow reader: more than a window on a fast network, and 4,096 of them are a gigabyte at worst. */
export const unsentBytes = 256 * 1024

/** The time in which a slow reader has to take something of what waits for it, in milliseconds. */
export const slowReaderMillis = 30_000

/** After a connection was ended: the time for which further input is discarded, in milliseconds, and its bytes. A reset would discard the answer. */
export const lingerMillis = 1000
export const lingerBytes = 64 * 1024

/** The rate at which a connection off loopback is read, in bytes a second, and its burst: typing and pasting, not files. */
export const readBytesPerSecond = 64 * 1024
export const readBurstBytes = 256 * 1024
