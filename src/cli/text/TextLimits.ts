/** Bounds of what people read and type, each with its unit and its reason. */

/** Of those, how many a summary for people shows: a line of a terminal. */
export const numbersShown = 8

/** Bytes of a frame's payload that a line for people shows; a script gets all of them. */
export const shownPayloadBytes = 64

/** Frames of a packet that a line for people shows, and ranges of an acknowledgement; a script gets all of them. */
export const shownFrames = 8
export const shownRanges = 4

/** Written characters that a slow reader has not taken; past this the frames of a trace are left out and counted. */
export const untakenBytes = 1024 * 1024

/** Lines a second in the log file for one reason that strangers cause; more are counted, lest they fill the disk. */
export const logLinesPerSecond = 10

/** Bytes of a configuration file: a thousand times what one is likely to be, and soon read. */
export const configurationBytes = 1024 * 1024

/** Lines pasted at once that wait for their questions: a whole session of answers. */
export const typedLines = 64

/** Earlier answers to one question that the arrow keys bring back. */
export const rememberedLines = 100

/** Names that Tab lists when several fit: about a screen. */
export const offeredNames = 60

/** Files of a folder that are looked at for the newest one: more would be felt. */
export const offeredFiles = 1000
