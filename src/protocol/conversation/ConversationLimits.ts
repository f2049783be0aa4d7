/**
 * The bounds of events, vectors and links, each with its unit and its reason (docs/PROTOCOL.md, conversations). Everything that a linked
 * server sends is checked against them before it is kept.
 */

/** UTF-8 bytes of a text in an event: several pages. A longer one is a file. */
export const textBytes = 16 * 1024

/** UTF-8 bytes of the canonical JSON of a body: a text in which each byte is escaped, and the fields around it. */
export const bodyBytes = 40 * 1024

/** Levels of arrays and objects in a body. The bodies of the kinds have two; an app may nest, but no stack overflows. */
export const bodyDepth = 16

/** UTF-16 code units of a server's name: one label of DNS. A name stands in every origin and every author. */
export const serverNameUnits = 63

/** UTF-16 code units of a name of a person, a room, an app or a kind, and of a device's id. */
export const nameUnits = 256

/** UTF-8 bytes of a reaction: a family of emoji, and a short word. */
export const reactionBytes = 64

/** UTF-8 bytes of a name of a file in an event: the limit of ext4, APFS and NTFS. */
export const attachmentNameBytes = 255

/** Servers that a private room names: each is asked for and acknowledged by name. */
export const namedServers = 64

/** The largest number of an event of one origin in one room: 1,000 a second for 34 years. Sums of them stay exact in a double. */
export const maxSeq = 2 ** 40

/** The largest clock of a room, far below 2⁵³, so that no addition is inexact. */
export const maxClock = 2 ** 48

/**
 * The largest step of a room's clock by one event. The clock of an honest event exceeds those that arrived before it by the number of events
 * that were lost with a disk at most. With this step a hostile origin needs 268 million events to use up the clock.
 */
export const clockStep = 2 ** 20

/** The latest time of an event in milliseconds since 1970: the latest time of a Date (ECMAScript, 21.4.1.1). */
export const maxTime = 8.64e15

/** The largest number of a post that a device gives. */
export const maxPostNumber = 2 ** 40

/** UTF-16 code units of a reason for a refusal: it may quote what a stranger has sent. */
export const reasonUnits = 200
