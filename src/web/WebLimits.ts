/** The bounds of the web server, each with its unit and its reason (docs/CLI.md, The page). */

/** Connections of TCP at the same time: a person has two or three, and each costs some 20 KB with TLS. */
export const connections = 1024

/** Of these, what one source may always have: a family or an office behind one address. */
export const connectionsOfSource = 32

/** Of these, what is kept for sources that have none. */
export const connectionsForNewcomers = 64

/** Bytes of the headers of a request: a browser sends one or two KiB with the cookies of other programs of the machine. */
export const headerBytes = 16_384

/** Bytes of the body of a request: a log-in with the longest name, password and invitation, each character escaped, fits. */
export const bodyBytes = 32_768

/** Milliseconds for the headers of a request, and for the handshake of TLS: a slow telephone needs two round trips of a second. */
export const headersMillis = 10_000

/** Milliseconds for a whole request. */
export const requestMillis = 20_000

/** Milliseconds for which a connection without a request is kept: the next request of a page follows at once. */
export const idleMillis = 5_000

/** Milliseconds between two signs of life that a WebSocket is asked for; without an answer until the next one it is ended. */
export const pingMillis = 30_000

/** Bytes that wait for a browser that reads too slowly, before it is disconnected: it resumes by its vector. Several full pages of the past. */
export const unsentBytes = 4_194_304

/** Bytes of UTF-8 in the reason of the end of a WebSocket (RFC 6455, section 5.5). */
export const closeReasonBytes = 123

/** Milliseconds for which the WebSockets may say goodbye when the server stops. */
export const farewellMillis = 1000

/** Texts of a browser that wait for the server of rooms, before no more are read: at the longest a MiB. */
export const waitingTexts = 16
