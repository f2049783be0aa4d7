/**
 * The limits of tests, in milliseconds. They are far more than anything takes: a busy machine must not fail a test, and no
 * test asserts a duration.
 */

/** For a test and for a hook, of vitest's and of Node's. */
export const testLimitMillis = 120_000

/**
 * The limit of a wait within a test, and of a program that it starts: less than the test's own, so that it can report.
 */
export const waitLimitMillis = testLimitMillis - 10_000
