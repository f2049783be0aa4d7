/** Limits of storage, each with its unit and its reason. */

/** Bytes written between two syncs of a part. Intermediate syncs keep the last sync short, for which the peer waits. */
export const unsyncedBytes = 64 * 1024 * 1024

/** Numbered names tried when a name is taken: `name (1).ext` to `name (9999).ext`. */
export const renameAttempts = 9999

/**
 * Bytes of a file with a wrong size that are kept in memory: longer than the files of /proc and /sys, which are a page
 * or less. A longer one takes a temporary file and its descriptor.
 */
export const heldBytes = 64 * 1024
