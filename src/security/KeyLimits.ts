/** The limits of stored keys and of the files that keep them, each with its reason. */
export const KeyLimits = {
  /** A line of known_hosts has at most 255 bytes of host, two key texts and a time: 16,384 servers fit at least. */
  knownHostsBytes: 8 * 1024 * 1024,
  /** A key file has one line of at most 100 characters. The rest is room for a mistake that can be named. */
  keyFileBytes: 4096,
  /** A list of allowed keys: 59 characters and a comment for each of 16,384 clients. */
  allowedKeysBytes: 4 * 1024 * 1024,
  /** A pre-shared key is 32 bytes, at most 65 as hex. The rest is room for a mistake that can be named. */
  pskFileBytes: 4096,
  /** A holder of the lock reads, writes and syncs one small file: one that is seen for longer was left by a crash. */
  staleLockMillis: 5000,
  /** The wait for other holders of the lock: that for one left by a crash, and for as long behind it. */
  lockWaitMillis: 10_000,
  /** The time between two attempts to take the lock: a change of the file takes about as long. */
  lockRetryMillis: 25,
  /** Clients that connect once in this time learn the next host key before it is used. */
  rotationMillis: 30 * 86_400_000
} as const
