/**
 * Every bound and default of the program, each with its unit and its reason. What has no limit here has none anywhere.
 */

/** A text's UTF-8 bytes. Texts are held in memory whole, on both ends. */
export const textBytes = 16 * 1024 * 1024

/** What the texts that arrive at one server hold together, for all its peers. */
export const allTextsBytes = 64 * 1024 * 1024

/** A safe file name's UTF-8 bytes: what ext4, APFS and NTFS take. */
export const fileNameBytes = 255

/** Bytes of a name that a receiver collects before it refuses the message; over `fileNameBytes`, to tell why. */
export const receivedNameBytes = 1024

/** Bytes of a block between storage and the core: large enough to make an Effect a block free, small enough to forget. */
export const sourceBlockBytes = 256 * 1024

/**
 * Bytes that a receiver gathers before it hands them to storage: a quarter of a millisecond of the program's time a block, so
 * that few blocks are cheap. It grows with what arrives, and a peer that trickles holds no more than this.
 */
export const receivedBlockBytes = 256 * 1024

/** Fragments still to be sent when the sender asks for the next block, so that storage works while they travel. */
export const lowWaterFragments = 16

/** Received bytes that storage has not yet taken; past this the next ACK is kept back until it has. */
export const unwrittenBytes = 256 * 1024

/** Peers of one server: with two blocks and `unwrittenBytes` each, all of them together hold at most 768 MiB. */
export const peers = 1024

/** Numbers of repeated or damaged fragments that are kept for a summary; the rest are only counted. */
export const numbersKept = 1000

/** Repeats of one frame provoked by NACKs within one retransmission timeout; after that the timer sets the pace. */
export const nackRepeats = 4

/** Datagrams of one run: what Linux cuts one send into, and merges, in every version that does (UDP_MAX_SEGMENTS). */
export const runDatagrams = 64

/** Bytes of one run: the largest payload of UDP over IPv4. */
export const runBytes = 65_507

/** Messages of one peer that wait for the application; a further one is refused. */
export const waitingMessages = 8

/**
 * Messages of one peer whose announcements are remembered for a few seconds, so that a late copy of one is known: on a path
 * that reorders by seconds not many messages go in such a time.
 */
export const rememberedMessages = 16

/** Milliseconds: the round trip that is assumed before one is measured (RFC 9002 §6.2.2). */
export const firstRoundTripMillis = 333

/**
 * Milliseconds between two probes of a silent peer, unless the path is longer: a datagram or two in such a time congest nothing,
 * and a path that was silent for two seconds is used again soon.
 */
export const probeTimeoutMillis = 500

/** Milliseconds: timers give no better (RFC 9002 §6.1.2). */
export const timerStepMillis = 1

/**
 * Milliseconds of sending that pacing may let go at once, because a timer came late: at least, as a part of the round trip, and at
 * most. A busy program is late by 10 ms now and then, and would leave a tenth of the path unused; queues are made for a long
 * path's round trip, of which that is a small part.
 */
export const pacingStepMillis = 2
export const pacingLateParts = 8
export const pacingLateMillis = 10

/** Bytes of UDP payload that every path of flock has to take, in both directions (RFC 9000 §14). */
export const leastDatagramBytes = 1200

/** Values that a handshake packet may tell: several times what there are. */
export const handshakeParameters = 32

/** Ranges of packet numbers in one ACK: at 3 % loss those of two round trips at 100 Mbit/s and 100 ms. */
export const ackRanges = 64

/** Ranges of packet numbers that a receiver remembers, to know a packet that comes twice; older numbers count as seen. */
export const rememberedRanges = 256

/**
 * Milliseconds that an ACK may be held back for company: short against any path where it matters, and long enough for the
 * answer of a program to go along.
 */
export const ackDelayMillis = 5

/** Milliseconds of the longest round trip that is believed: several times those by satellite, over a full queue. */
export const longestRoundTripMillis = 10_000

/** Packets by which one may be overtaken before it is taken for lost, at first and at the most (RFC 9002 §6.1.1). */
export const packetThreshold = 3
export const maxPacketThreshold = 1024

/** Bytes of the reason in a CLOSE. */
export const closeReasonBytes = 256

/** Bytes that one stream may have in flight to a reader: 1.3 Gbit/s at 100 ms. A stream begins with `firstStreamWindowBytes`. */
export const streamWindowBytes = 16 * 1024 * 1024

/** The same for all streams of one session together. */
export const sessionWindowBytes = 24 * 1024 * 1024

/** What a stream, and a session, allow at first: three round trips of 160 Mbit/s at 100 ms; doubled while it is what limits. */
export const firstStreamWindowBytes = 6 * 1024 * 1024
export const firstSessionWindowBytes = 8 * 1024 * 1024

/** Streams that a peer may have open at once: messages under way. */
export const openStreams = 256

/** Written bytes of a stream that wait to be sent for the first time: a block, and the next is taken before it is out, so that storage works while one goes out. */
export const unsentBytes = 1024 * 1024

/** Bytes that have arrived before larger datagrams are tried out: as many as most messages have not. */
export const mtuWorthBytes = 10_000

/**
 * Bytes of a shared receive buffer that each session is told at the least: what 200 Mbit/s bring in the ten milliseconds for which
 * acknowledgements and timers may be late.
 */
export const sharedBufferBytes = 256 * 1024

/** Probes of one datagram size before it counts as too large for the path: at 30 % loss three are lost once in 37. */
export const mtuProbes = 3

/** Large datagrams lost in a row, with none between them that arrived, before the path is thought to swallow them. */
export const mtuLosses = 32

/** Bytes to which the largest datagram is found: less is not worth a probe. */
export const mtuStepBytes = 20

/** Challenges to a new address of a peer before it is forgotten. */
export const pathChallenges = 5

/** Keep-alives in the time after which a silent session is lost: two may be lost on the way. */
export const keepAlivesPerIdle = 3

/** Milliseconds by which a timer is late only when the program stood still, and that it then has to read what waited. */
export const stallMillis = 1000

/** Probe timeouts, with no large datagram that arrived between them, after which datagrams are made as small as every path takes them: perhaps they were too large. */
export const mtuTimeouts = 2

/** CLOSEs in a row from a host that goes away and hears no answer: at 30 % loss all are lost once in 37. */
export const farewells = 3

/**
 * Probe timeouts in a row, and milliseconds without an acknowledgement, after which a client opens another socket, and again as long after that: its
 * address may have changed. On a short path many probe timeouts fit into a pause of a healthy server; who moves to another
 * network waits a second or two.
 */
export const silentTimeouts = 3
export const silentMillis = 1000

/** Probe timeouts for which a session that was closed answers latecomers (RFC 9000 §10.2). */
export const closingTimeouts = 3

/** The mean number of packets between two packet numbers that are left out on purpose (RFC 9000 §21.4). */
export const skippedNumbers = 2048

/** Milliseconds after which a HELLO that was not answered is repeated, twice as long each time up to the most. */
export const helloMillis = 300
export const maxHelloMillis = 2000

/** Handshakes under way at one server, and milliseconds for which one is remembered: a flood of them holds a few MiB. */
export const halfOpen = 1024
export const halfOpenMillis = 10_000

/** Milliseconds of silence that end a session, unless another time is asked for (RFC 9000 §10.1). */
export const idleMillis = 30_000

/** Milliseconds for which an answer to HELLO is waited for: at 30 % loss each way six tries of seven fail once in 17. */
export const handshakeMillis = 10_000

/** Refusals by the network before nobody is thought to listen. */
export const refusals = 3

/** Sessions of one listener: with 40 KiB each, idle, they hold 160 MiB. */
export const sessions = 4096

/** Sessions that are being turned away at one time, beyond those; each hears why for a few round trips. */
export const refusedSessions = 1024

/** Milliseconds that the end of sessions may take: three probe timeouts of a path as long as a satellite's. */
export const leavingMillis = 3000

/** Bytes of UDP payload that Ethernet takes over IPv6, and so over IPv4. */
export const ethernetDatagramBytes = 1452

/** Bytes of the header before a message's body: a name of 255 bytes, escaped, and as much for an application. */
export const messageHeaderBytes = 8192

/** Blocks of one stream or file that are kept to be filled again. */
export const spareBlocks = 16

/**
 * Bytes of a block of flock, between storage and a stream in either direction: at 500 MB/s two milliseconds, so that what a block
 * costs in Effects is little.
 */
export const streamBlockBytes = 1024 * 1024
