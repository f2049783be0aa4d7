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
 * that were lost with a disk, or purged while this server was away. With this step a hostile origin needs 67 million events to use up the clock.
 */
export const clockStep = 2 ** 22

/** The latest time of an event in milliseconds since 1970: the latest time of a Date (ECMAScript, 21.4.1.1). */
export const maxTime = 8.64e15

/** The largest number of a post that a device gives. */
export const maxPostNumber = 2 ** 40

/** UTF-16 code units of a reason for a refusal: it may quote what a stranger has sent. */
export const reasonUnits = 200

/** Origins of a room: 64 servers that have started 256 times. A vector of so many takes 1.5 MiB. */
export const roomOrigins = 16_384

/** Origins of one server in a room: a start each day for three years. Without it one server could use up those of a room. */
export const serverOrigins = 1024

/** Hashes of the newest events of a room that are kept, so that a second event of one identity is found: 200 KiB. */
export const rememberedHashes = 1024

/** Bytes of a message of a link: that of the framings, of which `prefix:u32` carries it. An event with the longest body fits. */
export const linkMessageBytes = 65_536

/** Origins in one message: with floors, all servers of a room and the longest names they fit into it. Longer vectors take several. */
export const messageOrigins = 140

/** Rooms that a linked server may name. */
export const linkRooms = 1024

/** Origins in all vectors that a linked server announces: 64 for each of its rooms, and 10 MiB. */
export const linkOrigins = 65_536

/** Milliseconds between two announcements of all vectors: an acknowledgement comes after this time at the latest. */
export const haveMillis = 10_000

/** Milliseconds without a new event after which an announcement is sent early: as long as a person waits for a sign unknowingly. */
export const quietMillis = 200

/** Milliseconds that a linked server may take for its greeting and its first vectors. */
export const greetingMillis = 30_000

/** Events of one page that a link reads from the store: half a megabyte of short texts, a few milliseconds of a disk. */
export const pageEvents = 256

/** Events that wait to be sent on a link. Beyond them the link reads from the store again when it has sent these. */
export const unsentEvents = 512

/** Events that are received and not yet on the disk, of all links. Beyond them no link is read. */
export const unsyncedEvents = 1024

/** Servers of a room: each has a vector, which all servers keep for ✓✓. */
export const roomServers = 256

/** Milliseconds after which a presence is over, unless it is renewed; and between two renewals, of which two may be lost. */
export const leaseMillis = 30_000
export const renewalMillis = 10_000

/**
 * Origins in what is known of the vectors of other servers, in all rooms together: 50 MiB. Each linked server has a share, and the least one
 * in any case.
 */
export const seenOrigins = 524_288
export const leastSeenOrigins = 16_384

/** Presences that a server keeps, of which each linked server has a share. */
export const leases = 16_384
export const leastLeases = 256

/** Devices whose last post is remembered, so that a repeated one is known: the newest ones of a server. */
export const rememberedDevices = 65_536

/** Rooms of a server: each has its vectors in memory, a few KiB. */
export const serverRooms = 16_384
