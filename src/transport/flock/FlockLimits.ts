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
