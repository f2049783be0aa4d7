/** The bounds of the inbox and of services, each with its unit and its reason. */
import { textBytes } from "../protocol/ProtocolLimits.ts"

/**
 * Bytes of all texts that one server receives at the same time, from all its peers, counted as they arrive.
 * `leastTextsBytes` of them are for each source, while there are some.
 */
export const allTextsBytes = 64 * 1024 * 1024
export const leastTextsBytes = 1024 * 1024

/**
 * Texts of one server of which less than `announcedBytes` had arrived when they began, `leastOpenTexts` of them for each source, while
 * there are some: each holds 0.1 MiB for its fibers, together 20 MiB. A further text has `arrivalMillis` until so much has
 * arrived, and begins within `arrivalPollMillis` then.
 */
export const openTexts = 192
export const leastOpenTexts = 8
export const announcedBytes = 16 * 1024
export const arrivalMillis = 1000
export const arrivalPollMillis = 10

/** Files that one server receives at the same time, `leastFiles` of them for each source, while there are some. */
export const files = 256
export const leastFiles = 4

/** Of these texts, and of these files, the ones that are kept for sources that have none. */
export const forNewcomers = 32

/**
 * Milliseconds in which a message must make progress: longer than the outages that a session survives. While more than
 * half of the texts' memory or of the files is taken, it must have this many bytes a second.
 */
export const progressMillis = 60_000
export const scarceBytesPerSecond = 1024

/** Bytes of the body of a message to a service, by default: as those of a text. A handler may hold it in memory. */
export const serviceBodyBytes = textBytes

/** Events of a Router that wait for the consumer of its Stream; then the sessions that have more wait. */
export const waitingEvents = 16
