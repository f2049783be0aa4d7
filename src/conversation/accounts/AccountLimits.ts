/** The bounds of accounts, each with its unit and its reason. */

/** Characters of a new password, at least (NIST SP 800-63B §5.1.1.2). */
export const leastPasswordCharacters = 8

/** Bytes of a password in UTF-8, at most: a sentence fits, and hashing it first costs nothing beside scrypt. */
export const passwordBytes = 1024

/** Passwords that are checked at the same time: 16 MiB and a thread each, of the four that Node has. */
export const hashesAtOnce = 2

/** Passwords that wait for that: the last one waits for seven seconds. */
export const waitingHashes = 64

/** Of these, what one source may always have, and what is kept for sources that have none. */
export const waitingHashesOfSource = 2
export const waitingHashesForNewcomers = 8

/** Wrong passwords for one account from one source that cost no wait: typing mistakes. */
export const freeFailures = 4

/** The wait after the next one, in milliseconds; it doubles with each further one. */
export const firstWaitMillis = 1000

/** The longest wait, in milliseconds: 96 attempts a day. */
export const longestWaitMillis = 15 * 60_000

/** The time after the end of a wait in which it is remembered, in milliseconds. */
export const waitMemoryMillis = 60 * 60_000

/** Pairs of an account and a source with wrong passwords: 4,096 at 200 bytes are below a megabyte. */
export const loginWaits = 4096

/** Of these, what one source may always have: names that it tries. Beyond its share it waits for the end of one. */
export const loginWaitsOfSource = 64

/** The wait of a source that has tried as many names as it may, in milliseconds. */
export const manyNamesWaitMillis = 60_000

/** The time for which a token is valid, in milliseconds. */
export const accountTokenMillis = 30 * 86_400_000

/** Tokens of one account at the same time: a device each. The oldest is revoked for a new one. */
export const tokensOfAccount = 32

/** The time for which an invitation is valid, in milliseconds. */
export const invitationMillis = 7 * 86_400_000

/** Public keys of one account: a device each. */
export const keysOfAccount = 32

/** Accounts that one source may register at once, and each second after that: a family, then five an hour. Off for this machine. */
export const registrationsAtOnce = 5
export const registrationsPerSecond = 5 / 3600

/** Accounts of a server: a row of a few hundred bytes each. */
export const accounts = 100_000
