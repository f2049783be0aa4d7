/** The bounds of links and of the exchange that they serve, each with its unit and its reason. */

/** Events of one turn of the store: with the longest texts they are below its limit of 4 MiB. */
export const turnEvents = 64

/** Bytes of messages that are joined into one write to a link: as many small ones as cost little memory. */
export const writeBytes = 64 * 1024

/** The time that a link's last messages have to reach the peer, in milliseconds. */
export const farewellMillis = 2000

/** The waits between two attempts to reach a linked server, in milliseconds: a restart is soon noticed, a server that is gone costs little. */
export const firstRetryMillis = 1000
export const mostRetryMillis = 60_000

/** Linked servers of one server: each is a session and a link, which has its vectors in memory. */
export const links = 64

/** Servers whose key for signatures is remembered: each is a name of at most 63 characters that a linked server has named. */
export const serverKeys = 4096

/** Removals of posts whose texts wait to be erased, and those that came before their posts: each is an event of at most 64 KiB. */
export const waitingErasures = 1024
