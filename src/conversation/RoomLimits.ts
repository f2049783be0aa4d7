/** The bounds of rooms and their listeners, each with its unit and its reason. */

/** Clients of one room at the same time: 4,096 at 30 KB each are 120 MB. An app may have a lower limit. */
export const members = 4096

/**
 * Clients that each source may have in a room while there is room for others (`Shares`): a classroom behind one address. Half of it in a
 * room with a lower limit, so that one address does not fill a game of 64 places.
 */
export const membersOfSource = 64

/** Places kept for sources that have no client in the room yet: an eighth. */
export const membersForNewcomers = 512

/** The time in which a client has to say its first message, in milliseconds, where the app waits for it: a person who types slowly. */
export const firstMessageMillis = 120_000

/** Bytes that wait for a slow reader: more than a window on a fast network, and 4,096 of them are a gigabyte at worst. */
export const unsentBytes = 256 * 1024

/** The time in which a slow reader has to take something of what waits for it, in milliseconds. */
export const slowReaderMillis = 30_000

/** Bytes of the largest write in which messages are joined where their framing allows it: progress is seen after each write. */
export const joinedBytes = 16 * 1024

/** Bytes of a client that wait while it is not read: a socket that does not pause has a limit all the same. */
export const heldBytes = 256 * 1024

/** The rate at which a connection off loopback is read, in bytes a second, and its burst: typing and pasting, not files. */
export const readBytesPerSecond = 64 * 1024
export const readBurstBytes = 256 * 1024

/** Remote addresses that a listener of datagrams keeps: each costs its sender one datagram, which may be forged. */
export const datagramAddresses = 1024

/** Addresses of one source among them, and the part that is kept for sources that have none: an eighth. */
export const datagramAddressesOfSource = 64
export const datagramAddressesForNewcomers = 128

/** The time after which an address that has sent nothing is forgotten, in milliseconds: most NATs forget it as early. */
export const datagramSilenceMillis = 60_000

/** The size of the largest payload of UDP over IPv4, in bytes. */
export const datagramPayloadBytes = 65_507

/** The headers of IPv4 and UDP, in bytes: what a datagram costs beside its payload. */
export const datagramHeaderBytes = 28

/** Bytes to an address off loopback for each byte from it: as little as in RFC 9000 §8.1, because the address may be forged. */
export const datagramAnswerFactor = 3

/** The interval of the reports about refused addresses, in milliseconds: a flood of them must not become a flood of lines. */
export const datagramRefusalMillis = 10_000

/** Datagrams of a listener that wait for the kernel: one to each address, as when a room sends to all. */
export const waitingDatagrams = datagramAddresses

/** Rooms in the list that a server gives over a session: at 100 bytes each they fit into a receipt (`ProtocolLimits.messageHeaderBytes`). */
export const listedRooms = 64

/**
 * The waits between two attempts to connect to a server that an app dials, in milliseconds: one that was started anew is soon linked, one that is gone
 * costs little.
 */
export const firstDialMillis = 1000
export const mostDialMillis = 10_000

/** The time of one attempt, in milliseconds: three attempts of the system. */
export const dialingMillis = 10_000
