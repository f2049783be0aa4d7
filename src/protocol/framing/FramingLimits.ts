/** The bounds of framings, each with its unit and its reason. */

/** Bytes of the longest message of a connection: as long as the longest text of a room, with a margin for what plain programs send. */
export const messageBytes = 64 * 1024

/** Bytes of a read from which on `auto` expects more: the buffer of nearly all existing programs, `recv(1024)`. */
export const fullReadBytes = 1024

/** The time for which `auto` waits for the rest of a message, in milliseconds. */
export const holdMillis = 50

/** Bytes of the largest datagram: the largest payload of UDP over IPv4. */
export const datagramBytes = 65_507

/** UTF-8 bytes of a delimiter: a word, not a text. The search costs the same for each length. */
export const delimiterBytes = 16

/** Bytes of the header of `padded`: four times the longest of existing programs, which is 64. */
export const paddedHeaderBytes = 256

/** Digits of a length in the header of `padded`: any length that a program can mean, far from the end of exact numbers. */
export const lengthDigits = 7

/** Bytes of a telnet subnegotiation, which are discarded: more than the options of telnet need. Without a bound it could hide all input. */
export const subnegotiationBytes = 1024
