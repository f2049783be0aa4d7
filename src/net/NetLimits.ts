/** The bounds of sockets, and of the simulated networks that replace them, each with its unit and its reason. */

/** Bytes of a buffer for a send of one datagram: more than the largest frame of the classic wire. */
export const datagramBytes = 2048

/** Sends of one datagram that a socket keeps until the kernel has accepted them: 512 KiB. A further send returns `Full`. */
export const sendBuffers = 256

/**
 * Runs of a socket whose sends the kernel has not confirmed, and so the maximum that one turn sends: 2 MiB, half of the
 * receive buffer that is requested from the peer's kernel.
 */
export const sendRuns = 32

/**
 * Bytes requested from the kernel for each direction of a socket that sends runs: the data that arrives at 500 MB/s
 * during a pause of 8 ms, as a busy program or its garbage collector causes.
 */
export const kernelBufferBytes = 4 * 1024 * 1024

/**
 * Bytes of freed memory that a process with fast sockets keeps. One garbage collection frees about 100 MiB of received
 * data. With half of this bound most of it goes back to the kernel nevertheless and is allocated again page by page.
 */
export const keptBytes = 128 * 1024 * 1024

/** Datagrams that are queued in one in-memory or faulty link. */
export const queuedDatagrams = 4096

/**
 * How often a socket at a wildcard reads the list of this host's addresses, in milliseconds. It is the longest time for which a
 * new address is not served.
 */
export const interfacesMillis = 2000

/** Addresses of one name that a client tries: more than a name of one server has, so that a hostile name costs few datagrams. */
export const triedAddresses = 16

/** Ports that a socket at a wildcard tries for port 0, until one is free at every address: a second one is rarely needed. */
export const wildcardPortTries = 16

/** Bytes that a TCP connection keeps for a slow reader before a write returns false: a full window on a fast local network. */
export const unsentBytes = 256 * 1024

/**
 * The time after which the kernel asks a silent peer of a TCP connection whether it is still there, in milliseconds: a peer that
 * lost its network is noticed within minutes.
 */
export const keepAliveMillis = 60_000

/** Connections of one TCP listener that are open at the same time: those of a full room (4,096), and others that are being refused. */
export const acceptedConnections = 4608

/** Connections that each source (`protocol/Source`) may have while others have few: twice those that a room gives it. */
export const connectionsOfSource = 128

/** Connections kept for sources that have none: a ninth. */
export const connectionsForNewcomers = 512

/**
 * Connections that the kernel holds until they are accepted: as many as Linux allows by default. When a whole room connects anew at the
 * same moment, a shorter queue resets clients that have already sent something.
 */
export const backlogConnections = 4096
