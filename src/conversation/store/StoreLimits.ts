/** The bounds of a store, each with its unit and its reason. */

/** The size of the writes of one turn, in bytes as `TurnSize` counts them: the snapshot of a room, and as much again. */
export const turnBytes = 4 * 1024 * 1024

/** The size of all turns that wait for the disk, in bytes: beyond it, rooms wait. Four of the largest. */
export const waitingBytes = 16 * 1024 * 1024

/** What a turn counts at least, in bytes: 1,024 small ones wait. A disk that syncs a thousand times a second has written them in one. */
export const leastTurnBytes = 16 * 1024

/** Events of one page, at most: 16 MiB of the longest texts. */
export const pageEvents = 1024

/** Rows of other pages: accounts, tokens, attachments. */
export const pageRows = 1024

/** Rows of one statement: 32,766 parameters of SQLite (SQLITE_MAX_VARIABLE_NUMBER) are enough for 64 columns. */
export const statementRows = 512

/** Prepared statements that are kept: the program has fewer than a hundred, each in a few lengths. */
export const statements = 256

/** Connections to Postgres: one writes, the others read. */
export const connections = 4

/** The wait for a connection to Postgres, in milliseconds. */
export const connectMillis = 10_000
