/** The bounds of people in rooms, each with its unit and its reason. Those of what they may do at a time are settings (`Rates`). */

/** Nicks that are in use or registered on a server: at 200 bytes each they are 13 MB. A person costs a connection or an account. */
export const nicks = 65_536

/** Nicks of guests that each source may use at the same time, while there is room for others (`Shares`): a classroom behind one address. */
export const guestNicksOfSource = 64

/** Nicks kept for sources that have none yet: an eighth. */
export const guestNicksForNewcomers = 8192

/** Posts of an account, or of a guest's connection, each second, and at once: fast typing, and a pasted list of lines. */
export const postsPerSecond = 5
export const postBurst = 20

/** Connections of a source to rooms in a minute: a person who reconnects over a bad network, not a program that tries names. */
export const connectionsPerMinute = 20

/** Accounts, and sources, with a counter of their own, at 200 bytes each: 3 MB. Beyond it those at rest are forgotten. */
export const countedHolders = 16_384

/** The time in which the people of a link that is back have to be known again, in milliseconds: that of a lease (`ConversationLimits`). */
export const presenceMillis = 30_000

/** The time for which joins and leaves are gathered into one line, in milliseconds: a link that brings its people does it in less. */
export const gatheringMillis = 2000

/** Events of a room that a reader has in memory: some hours of a busy room. Earlier ones are read from the log again. */
export const shownEvents = 4096
