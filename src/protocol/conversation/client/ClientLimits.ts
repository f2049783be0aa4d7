/** The bounds of what a client of rooms and its server send each other, each with its unit and its reason (docs/PROTOCOL.md, conversations §11). */

/** Bytes of a message in either direction: that of links, so that every event fits. */
export const messageBytes = 65_536

/** Rooms that one client has open: more than a person follows. */
export const rooms = 64

/** Events that a room begins with, unless the client asks for another number: a screen or two. */
export const firstEvents = 50

/** Events that a room begins with, at most, when more are unread: what a person reads after a long absence. */
export const unreadEvents = 1000

/** Events in a page of the past. Their bytes are limited by the message too. */
export const pageEvents = 100

/** People, rooms or linked servers in one message: with the longest names they fit into it. Longer lists take several. */
export const listed = 128

/** Posts that a client may have sent without an answer. */
export const unansweredPosts = 64

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
