/** The bounds of sessions with streams, each with its unit and its reason. */

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
