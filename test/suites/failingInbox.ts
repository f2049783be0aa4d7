/** An inbox whose disk fails when a complete file is published. */
import * as Effect from "effect/Effect"
import { type Inbox, StorageError } from "../../src/storage/Storage.ts"

const failing = new StorageError({ reason: "Io", path: "a", message: "the disk failed" })

/** The inbox with failing `publish`. */
export const failingInbox = (inbox: Inbox): Inbox => ({
  ...inbox,
  sink: (name, expected) =>
    Effect.map(inbox.sink(name, expected), (sink) => ({ ...sink, publish: Effect.fail(failing) }))
})
