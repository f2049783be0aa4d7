/** Bounds of sockets and of the networks that stand in for them, each with its unit and its reason. */

/** Bytes of a buffer for a send of one datagram: more than the largest frame of the classic wire. */
export const datagramBytes = 2048

/** Sends of one datagram that a socket keeps until the kernel has taken them: 512 KiB. A further send returns `Full`. */
export const sendBuffers = 256

/**
 * Runs that a socket keeps for sends that the kernel has not confirmed, and so the most that one turn sends: 2 MiB, half of
 * what the receiving kernel is asked to hold.
 */
export const sendRuns = 32

/**
 * Bytes asked of the kernel for each direction of a socket that sends runs: at 500 MB/s the pause of 8 ms that a busy program
 * or its garbage collector makes.
 */
export const kernelBufferBytes = 4 * 1024 * 1024

/**
 * Freed memory that a process with fast sockets keeps, in bytes. One round of the garbage collector frees about 100 MiB of
 * what has arrived; at half of this most of it goes back to the kernel all the same, and is taken anew page by page.
 */
export const keptBytes = 128 * 1024 * 1024

/** Datagrams that wait in one in-memory or faulty link. */
export const queuedDatagrams = 4096
