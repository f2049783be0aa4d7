/** Bounds of storage, each with its unit and its reason. */

/** Bytes written before a part is synced in passing, so that the last sync, which the peer waits for, stays short. */
export const unsyncedBytes = 64 * 1024 * 1024

/** Parts and final names tried when a name is taken: `name (1).ext` to `name (9999).ext`. */
export const renameAttempts = 9999
