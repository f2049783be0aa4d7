/** The bounds of storage, each with its unit and its reason. */

/** Bytes written between two syncs of a partial file, so that the last sync, for which the peer waits, is short. */
export const unsyncedBytes = 64 * 1024 * 1024

/**
 * Names that are tried, for a partial file and for the final file, when a name exists: `name (1).ext` to `name
 * (9999).ext`.
 */
export const renameAttempts = 9999
