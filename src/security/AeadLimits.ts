/** Limits of the encryption of packets. */

/**
 * Packets of one key: an eighth of the 2²³ that RFC 9001 §6.6 allows to AES-GCM for packets of up to 2¹⁶ bytes; and more than the
 * packets in flight, so that a receiver gets some packets of each epoch.
 */
export const epochPackets = 2 ** 20
