/** The bounds of the page, each with its unit and its reason. */

/** Milliseconds before the page connects again, at most, at first; they double with each attempt. */
export const firstRetryMillis = 1000

/** The longest of these waits, in milliseconds: a server that is back is found within a minute. */
export const longestRetryMillis = 30_000

/** Milliseconds for which others see that a person types, after the last key. */
export const typingMillis = 8000

/** Milliseconds for which a notice is shown: a sentence is read twice in it. */
export const noticeMillis = 8000

/** Pixels from the top of a room at which earlier lines are asked for. */
export const earlierPixels = 120

/** Pixels from the end of a room within which it counts as read to its end. */
export const endPixels = 48

/** Rows of a text that is written, before it scrolls. */
export const writtenRows = 8
