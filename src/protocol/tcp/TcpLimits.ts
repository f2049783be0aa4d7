/** The bounds of the wire tcp, each with its unit and its reason (docs/PROTOCOL.md, tcp). */

/** Bytes of a record after its length, tag included: the largest message of Noise, and the largest length of 16 bits. */
export const recordBytes = 65_535

/** Bytes of a record of the handshake: several times the longest one that is defined, so that later parameters fit. */
export const handshakeRecordBytes = 1024

/**
 * Received bytes after which an ACK is sent at once. An ACK costs a record, an AEAD and a segment: with a quarter of a MiB these are
 * 2 % of a transfer, and the sender keeps little more than the path needs.
 */
export const ackBytes = 256 * 1024

/**
 * Bytes and records that a sender keeps until they are acknowledged: as much as a session's window grows, and one record for each 6 KiB of
 * it. A peer may read everything and acknowledge nothing.
 */
export const unacknowledgedBytes = 24 * 1024 * 1024
export const unacknowledgedRecords = 4096

/** Milliseconds for which a closed session waits for the end of the connection: three probe timeouts of a satellite path. */
export const closingMillis = 3000
