/** The bounds of the server of clients of rooms, each with its unit and its reason. */

/** Rooms without a client that stay ready for the next one: their powers take a read of the whole log. */
export const idleRooms = 256

/** Reads of the store that run at the same time for all clients: a page is some hundred kilobytes, and each has one. */
export const reads = 16

/** Bytes of messages in one write to a client: progress is seen after each. */
export const writeBytes = 16 * 1024

/** The time in which a client has to take a write, in milliseconds. */
export const slowMillis = 30_000

/** The time in which a client has to take its last messages, in milliseconds. */
export const farewellMillis = 2000

/** The time for which the nick of a guest whose connection is over is kept for it, in milliseconds: a walk between two networks, a restart. */
export const guestMillis = 600_000

/** Numbers that are tried for the nick of a guest that gives none. */
export const guestNumbers = 16

/** People of a link that has ended who are named one by one; of more, the whole list is sent again. */
export const namedPeople = 16

/** UTF-16 code units of the reason of a bar in a refusal. */
export const reasonUnits = 200

/** Rooms that a source makes at once, and in a second: rooms stay, and a server has `ConversationLimits.serverRooms`. 16 in an hour. */
export const roomsAtOnce = 16
export const roomsPerSecond = 16 / 3600
