/** The bounds of a site of several hosts, each with its unit and its reason. */

/** Posts of one call to a room: those of one turn of the store (`LinkLimits.turnEvents`). */
export const batchPosts = 64

/** Posts of one host that wait for a room, also while it has no runner: four times what a store takes as small turns. */
export const waitingPosts = 4096

/** Messages that wait for one host that follows a room. Beyond it the host reads the events from the store: 17 MiB of the longest texts. */
export const unsentMessages = 1024

/** Messages of one part of a stream to a host: with the longest texts 3 MiB. */
export const partMessages = 64

/** Bytes of one message between two runners: a part of the longest events, and as much again. */
export const messageBytes = 8 * 1024 * 1024

/** Rooms and people that are passed in one part of a stream. */
export const partEntries = 1024

/** Shards: rooms are spread over runners by them. Five for each of a dozen runners; each is a lock of Postgres. */
export const shards = 64

/** Milliseconds without a sign of life after which a runner has no rooms any more. It says that it lives three times in it. */
export const lockMillis = 4000

/** Milliseconds between two looks at which runners there are, and between two checks whether they answer. */
export const lookMillis = 1000

/** Milliseconds that a runner may take to answer a check: a garbage collection is shorter. */
export const answerMillis = 2000

/** Milliseconds that a room which moves has for the calls that it has begun: a turn of the store takes a few. Its streams end then. */
export const closingMillis = 1000

/** Milliseconds that a host has to give up its rooms when it ends. A database that is down would keep it for ever; its locks end with it. */
export const leavingMillis = 5000

/** Connections to Postgres of a runner beside those of its store: one holds the locks, one reads which runners there are. */
export const connections = 2

/** The waits between two attempts to follow a room, in milliseconds: a failover is soon over, a database that is down costs little. */
export const firstRetryMillis = 100
export const mostRetryMillis = 3000

/** Milliseconds that a host has to say again who is there after a room has moved: as long as a lease of presence. */
export const leaseMillis = 30_000
