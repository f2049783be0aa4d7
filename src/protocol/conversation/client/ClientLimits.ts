/** The bounds of what a client of rooms and its server send each other, each with its unit and its reason (docs/PROTOCOL.md, conversations §11). */

/** Bytes of a message in either direction: that of links, so that every event fits. */
export const messageBytes = 65_536

/** Rooms that one client has open: more than a person follows. */
export const rooms = 64

/** Events that a room begins with, unless the client asks for another number: a screen or two. */
export const firstEvents = 50

/** Events that a room begins with, at most, when more are unread: what a person reads after a long absence. */
export const unreadEvents = 1000

/** Events in a page, of the past or of what a client lacks. */
export const pageEvents = 100

/** Bytes of a page that wait for a client: beyond them the page is shorter. One event fits in any case. */
export const pageBytes = 128 * 1024

/** Bytes of messages that wait for a client beside pages. Beyond them it gets events as pages, and is ended for other messages: it is too slow. */
export const unsentBytes = 256 * 1024

/** Bytes of these at which a page is read, and nothing more of the client. */
export const fullBytes = 64 * 1024

/** Messages about a room that wait behind its first ones for a client. Beyond them it is ended: it is too slow. */
export const pendingMessages = 4096

/** Origins in all cursors of a client that the server keeps: those of a room that is full, or 256 for each of its rooms. */
export const cursorOrigins = 16_384

/** Changes of where a person is, at once and in a second: each is passed to everybody in the room. Later ones are joined. */
export const presenceBurst = 10
export const presencesPerSecond = 2

/** People, rooms or linked servers in one message: with the longest names they fit into it. Longer lists take several. */
export const listed = 128

/** Posts that a client may have sent without an answer. */
export const unansweredPosts = 64

/** Milliseconds after which a post that was one too many may be sent again: those before it have an answer by then. */
export const postWaitMillis = 1000

/** UTF-16 code units of a password, a token or an invitation as it is typed. */
export const secretUnits = 1024

/** Milliseconds in which a client has to say who it is. */
export const helloMillis = 30_000

/** Notices that a client keeps of a room, such as those of servers that are away: the newest ones. */
export const notices = 256

/** Events of a room that wait to be shown together. */
export const gatheredEvents = 256

/** Requests of a client, beside posts, that wait to be sent. */
export const unsentRequests = 64

/** Authors that one person is known as: at each server that it has used, with each nick. The newest ones. */
export const ownAuthors = 64

/** People whom one person ignores: the newest ones. */
export const ignoredPeople = 100
