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

/** The time for which a presence holds that is not renewed, in milliseconds. Links and clients renew it three times in it. */
export const presenceMillis = 30_000

/** Presences of a room, at 300 bytes each: 5 MB. A link, and the connections of this server together, have a share (`Shares`). */
export const presences = 16_384
export const presencesOfLink = 1024
export const presencesForNewcomers = 2048

/** Presences of one person: some devices, known over some links each. */
export const devicesOfPerson = 32

/** The time for which joins and leaves are gathered into one line, in milliseconds: a link that brings its people does it in less. */
export const gatheringMillis = 2000

/** Events of a room that a reader has in memory: some hours of a busy room. Earlier ones are read from the log again. */
export const shownEvents = 4096
