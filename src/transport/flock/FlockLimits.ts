/** The bounds of the driver of flock's sessions, each with its unit and its reason. */

/** Paths whose length of datagrams is remembered: one for each session, with a few bytes. */
export const runPaths = 4096

/** Packets of a run that are tried to find the length of its datagrams: a forged first one may pretend more of them. */
export const strideTries = 4

/**
 * Places in a run that are looked at for that, each in 0.1 µs: where a datagram may begin by its first byte, 1 of 128 bytes at random,
 * so that 16 KiB are searched. An attacker may fill a datagram with such bytes.
 */
export const strideLooks = 128

/**
 * RESETs of one socket, and those to one source, at once and each second: each costs 8 µs, so that they take 1.6 % of a
 * processor. A server that was started again ends the sessions of 4,096 clients in two seconds.
 */
export const resetsPerSecond = 2000
export const sourceResetsPerSecond = 20

/**
 * The fraction of a listener's sessions that is kept for sources without one: of 4,096 sessions an attacker with 250 addresses leaves
 * 512 to others.
 */
export const newcomersParts = 8

/**
 * Messages of one session, and of all sessions of a listener, whose handlers begin at once and each second although little of
 * them has arrived: neither their end nor `startBytes`. An announcement costs its sender nothing, and a handler 1.5 ms: they must leave
 * a processor to transfers, and let the clients of a server that was restarted open their streams within seconds. What has arrived is no
 * announcement, and begins without a limit.
 */
export const startBytes = 16 * 1024
export const sessionStarts = 64
export const sessionStartsPerSecond = 32
export const serverStarts = 256
export const serverStartsPerSecond = 100
