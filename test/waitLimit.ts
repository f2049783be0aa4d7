/**
 * The limits of tests, in milliseconds. They are far more than anything takes: a busy machine must not fail a test, and no
 * test asserts a duration.
 */

/** For a test and for a hook, of vitest's and of Node's. */
export const testLimitMillis = 120_000

/** For a wait inside of a test, and for the life of a program that it starts: the test can still report what it saw. */
export const waitLimitMillis = testLimitMillis - 10_000
