/**
 * The bounds and defaults of both wires, each with its unit and its reason. A quantity of theirs without a bound here has
 * none. Transports, transfers, sockets, storage and the command line have their own Limits files.
 */

/** UTF-8 bytes of a text. Both ends hold a text in memory as a whole. */
export const textBytes = 16 * 1024 * 1024

/** UTF-8 bytes of a safe file name: the limit of ext4, APFS and NTFS. */
export const fileNameBytes = 255

/**
 * Bytes of a name that a receiver collects before it refuses the message; more than `fileNameBytes`, so that the error
 * can state the reason.
 */
export const receivedNameBytes = 1024

/** Bytes of a block between storage and the core: large enough for one Effect per block, small enough to buffer. */
export const sourceBlockBytes = 256 * 1024

/**
 * Bytes that a receiver collects before it passes them to storage. A block costs a quarter of a millisecond of
 * processor time, so few blocks are cheap. The buffer grows with the received bytes; a peer that sends slowly holds no
 * more than this.
 */
export const receivedBlockBytes = 256 * 1024

/** Unsent fragments at which a sender requests the next block, so that storage reads while they are sent. */
export const lowWaterFragments = 16

/**
 * Received bytes that storage has not written. Above this bound the next ACK is withheld until storage has written
 * them.
 */
export const unwrittenBytes = 256 * 1024

/**
 * Peers of one server. With two blocks and `unwrittenBytes` each they hold at most 768 MiB together. `leastPeers` of them
 * are for each source, while there are some.
 */
export const peers = 1024
export const leastPeers = 16

/**
 * Sequence numbers of retransmitted or damaged fragments that are kept for a summary; further ones are only counted.
 */
export const numbersKept = 1000

/** Retransmissions of one frame after NACKs within one retransmission timeout; after that the timer sets the pace. */
export const nackRepeats = 4

/**
 * Datagrams of one run: the number that Linux splits one send into, and merges, in every version that does
 * (UDP_MAX_SEGMENTS).
 */
export const runDatagrams = 64

/** Bytes of one run: the largest payload of UDP over IPv4. */
export const runBytes = 65_507

/** Messages of one peer that wait for the application; a further message is refused. */
export const waitingMessages = 8

/**
 * Messages of one peer whose announcements are kept for a few seconds to recognise late copies. On a path that reorders
 * by seconds few messages are sent in that time.
 */
export const rememberedMessages = 16

/** Milliseconds: the round trip that is assumed before the first sample (RFC 9002 §6.2.2). */
export const firstRoundTripMillis = 333

/**
 * Milliseconds between two probes of a silent peer, unless the round trip is longer. One or two datagrams in that time
 * cause no congestion, and a path that was interrupted for two seconds is used again soon.
 */
export const probeTimeoutMillis = 500

/** Milliseconds: the timer granularity (RFC 9002 §6.1.2). */
export const timerStepMillis = 1

/**
 * The burst that pacing may send at once because a timer fired late, in milliseconds of sending: the minimum, the
 * divisor of the round trip, and the maximum. Timers of a busy program are late by 10 ms now and then; without the
 * burst a tenth of the path would be unused. Queues are dimensioned for the round trip of a long path, and the burst is
 * a small part of it.
 */
export const pacingStepMillis = 2
export const pacingLateParts = 8
export const pacingLateMillis = 10

/** Bytes of UDP payload that every path of flock must carry in both directions (RFC 9000 §14). */
export const leastDatagramBytes = 1200

/** Parameters in a handshake packet: several times the number that is defined. */
export const handshakeParameters = 32

/** Ranges of packet numbers in one ACK: enough for two round trips at 3 % loss, 100 Mbit/s and 100 ms. */
export const ackRanges = 64

/** Ranges of packet numbers that a receiver keeps to detect duplicates; older numbers count as received. */
export const rememberedRanges = 256

/**
 * Milliseconds by which an ACK may be delayed (max_ack_delay, RFC 9000 §13.2.1): short against any path where the delay
 * matters, and long enough for the answer of an application to travel in the same packet.
 */
export const ackDelayMillis = 5

/** Milliseconds of the longest round-trip sample that is accepted: several times a satellite path with a full queue. */
export const longestRoundTripMillis = 10_000

/** The packet reordering threshold for loss detection, initially and at most, in packets (RFC 9002 §6.1.1). */
export const packetThreshold = 3
export const maxPacketThreshold = 1024

/** Bytes of the reason in a CLOSE. */
export const closeReasonBytes = 256

/** Flow-control window of one stream in bytes: 1.3 Gbit/s at 100 ms. A stream begins with `firstStreamWindowBytes`. */
export const streamWindowBytes = 16 * 1024 * 1024

/** Flow-control window of one session in bytes, for all its streams together. */
export const sessionWindowBytes = 24 * 1024 * 1024

/**
 * The initial windows of a stream and of a session in bytes: three round trips of 160 Mbit/s at 100 ms. They double
 * while they limit the rate.
 */
export const firstStreamWindowBytes = 6 * 1024 * 1024
export const firstSessionWindowBytes = 8 * 1024 * 1024

/**
 * Bytes that all peers of a server together may send before they are read, and the window that each session has even when
 * they are used up: 4,096 sessions fit. Out-of-order pieces take up to a quarter more.
 */
export const receiveCreditBytes = 256 * 1024 * 1024
export const leastSessionWindowBytes = 64 * 1024

/**
 * Streams of one session, and of all sessions of a server, that the peers may reset and replace by others at once, and for
 * each second. A stream that is opened and reset costs the server much more than its peer: these take 1 % of a processor.
 */
export const sessionResets = 32
export const sessionResetsPerSecond = 8
export const serverResets = 512
export const serverResetsPerSecond = 100

/** Streams that a peer may have open at the same time: messages being sent. */
export const openStreams = 256

/**
 * Bytes written to a stream and not yet sent for the first time. This is one block; the next block is requested before
 * all of it is sent, so that storage reads meanwhile.
 */
export const unsentBytes = 1024 * 1024

/**
 * Bytes of a write from which on it is not copied, and of the block into which smaller writes are copied. Copying four
 * kilobytes costs less than a frame of their own. A block is a few packets of Ethernet, so that a stream of small writes
 * holds little beyond its bytes.
 */
export const gatheredWriteBytes = 4096
export const gatheredBlockBytes = 32 * 1024

/** Acknowledged bytes before the search for a larger datagram size begins. Most messages are smaller. */
export const mtuWorthBytes = 10_000

/**
 * Bytes of a shared receive buffer that is advertised to each session as a minimum: the bytes that arrive at 200 Mbit/s
 * in the ten milliseconds by which acknowledgements and timers may be late.
 */
export const sharedBufferBytes = 256 * 1024

/**
 * Probes of one datagram size before it counts as too large for the path (RFC 8899 MAX_PROBES): at 30 % loss three are
 * lost once in 37.
 */
export const mtuProbes = 3

/**
 * Large datagrams lost in a row, without one that was acknowledged, after which the path counts as a black hole for
 * them (RFC 8899 §4.3).
 */
export const mtuLosses = 32

/** The precision of the search for the largest datagram, in bytes: a smaller gain is not worth a probe. */
export const mtuStepBytes = 20

/** Keep-alives within one idle timeout: two of them may be lost. */
export const keepAlivesPerIdle = 3

/**
 * Milliseconds. A timer that is later than this shows that the program did not run, and that received datagrams are
 * unread.
 */
export const stallMillis = 1000

/**
 * Probe timeouts, without an acknowledged large datagram between them, after which the datagram size falls to the size
 * that every path carries. The datagrams may have been too large.
 */
export const mtuTimeouts = 2

/**
 * Milliseconds for which the system refuses datagrams of the size that every path carries, before a session ends: an interface that
 * changes, such as that of a tunnel, has its MTU again sooner.
 */
export const smallPathMillis = 3000

/** CLOSEs in a row from a host that leaves and receives no answer: at 30 % loss all are lost once in 37. */
export const farewells = 3

/**
 * Probe timeouts in a row, and milliseconds without an acknowledgement, after which a client opens another socket, and
 * again after the same time: its address may have changed. On a short path many probe timeouts pass during a pause of a
 * healthy server, and a change to another network takes a second or two.
 */
export const silentTimeouts = 3
export const silentMillis = 1000

/**
 * Datagrams that a client pads after it has opened another socket, unless an answer arrives before: one and its repetitions
 * within the time after which it opens another.
 */
export const newSocketDatagrams = 4

/** Probe timeouts for which a closed session answers late packets (RFC 9000 §10.2). */
export const closingTimeouts = 3

/** The mean number of packets between two packet numbers that are skipped on purpose (RFC 9000 §21.4). */
export const skippedNumbers = 2048

/**
 * Milliseconds of the default idle timeout of both wires: longer than a path is interrupted by a change of networks, or
 * by a router that starts again. A server remembers a silent client for `serverIdleTimeouts` times as long, because a
 * client may sleep; the time for which a program did not run does not count for itself.
 */
export const idleTimeoutMillis = 30_000
export const serverIdleTimeouts = 2.25

/**
 * Milliseconds to wait for an answer to HELLO: at 30 % loss in each direction six of seven attempts fail once in 17
 * handshakes.
 */
export const handshakeMillis = 10_000

/** Refusals by the network (ICMP unreachable) before the peer counts as unreachable. */
export const refusals = 3

/**
 * Reports in a row that the frame in flight of the classic wire is too large, before the message fails. Each router on the path
 * with a smaller MTU than those before it causes one; the system fragments the next datagram. More than three are unusual.
 */
export const sizeRefusals = 5

/**
 * Sessions of one listener: idle, with 40 KiB each, they hold 160 MiB. `leastSessions` of them are for each source, while
 * there are some.
 */
export const sessions = 4096
export const leastSessions = 16

/** Sessions beyond `sessions` that are refused at the same time; each receives the reason for a few round trips. */
export const refusedSessions = 1024

/** Milliseconds that closing all sessions may take: three probe timeouts of a satellite path. */
export const leavingMillis = 3000

/** Bytes of UDP payload that Ethernet carries over IPv6, and so over IPv4. */
export const ethernetDatagramBytes = 1452

/** Bytes of the header before a message's body: a name of 255 bytes, escaped, and the same for an application. */
export const messageHeaderBytes = 8192

/** Blocks of one stream or file that are kept for reuse. */
export const spareBlocks = 16

/**
 * Bytes of a block of flock, between storage and a stream in both directions: two milliseconds at 500 MB/s, so that the
 * cost of the Effects per block is small.
 */
export const streamBlockBytes = 1024 * 1024

/** Buckets of a limit for each source: one flood of spoofed addresses fills them, and costs 400 KiB. */
export const sourceBuckets = 4096
