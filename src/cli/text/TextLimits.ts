/** The bounds of texts that people read and type, each with its unit and its reason. */

/**
 * Sequence numbers, of the `numbersKept` in ProtocolLimits, that a summary for people shows: one line of a terminal.
 */
export const numbersShown = 8

/** Bytes of a frame's payload that a line for people shows; the output for scripts has all of them. */
export const shownPayloadBytes = 64

/**
 * Frames of a packet, and ranges of an acknowledgement, that a line for people shows; the output for scripts has all of
 * them.
 */
export const shownFrames = 8
export const shownRanges = 4

/**
 * Written characters that a slow reader has not read. Above this bound the frames of a trace are left out and counted.
 */
export const untakenBytes = 1024 * 1024

/**
 * Lines per second in the log file for one reason that unknown peers cause. Further lines are only counted, so that the
 * disk does not fill.
 */
export const logLinesPerSecond = 10

/** Bytes of a configuration file: a thousand times the likely size, and quick to read. */
export const configurationBytes = 1024 * 1024

/** Characters of a refusal's sentence from a peer that are shown: a few lines of a terminal. */
export const peerWords = 200

/** Lines typed ahead that wait for their questions: more than a person types without looking. */
export const typedLines = 64

/** Characters of a pasted text: several screens, drawn again whenever something appears above it. A longer text is a file. */
export const pastedCharacters = 16 * 1024

/** Earlier answers to one question that the arrow keys offer. */
export const rememberedLines = 100

/** Names that Tab lists when several match: about one screen. */
export const offeredNames = 60

/** Files of a folder that are examined to find the newest one: more would cause a noticeable delay. */
export const offeredFiles = 1000

/** Events of apps that wait for a slow reader of the report: those of a busy second. Further ones displace the oldest, and are counted. */
export const waitingEvents = 4096

/** Events of apps that the operator's console can show again: a few screens. */
export const rememberedEvents = 200

/** Characters of an app's message that a line for people shows. */
export const messageCharacters = 200

/** Characters of a secret that is typed: more than a password may have, so that a longer one is refused and not cut. */
export const secretCharacters = 2048

/** Bytes of the line that has a secret, on standard input: each character in four bytes. */
export const secretLineBytes = 4 * secretCharacters

/** Events that `follow` keeps while the reader of its output is slow: at 1 KB each they are 64 MB. None is left out. */
export const followedEvents = 65_536
