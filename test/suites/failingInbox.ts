/** An inbox whose disk fails when a file that is whole is to be published. */
import * as Effect from "effect/Effect"
import { type Inbox, StorageError } from "../../src/storage/Storage.ts"

const failing = new StorageError({ reason: "Io", path: "a", message: "the disk failed" })

export const failingInbox = (inbox: Inbox): Inbox => ({
  ...inbox,
  sink: (name, expected) =>
    Effect.map(inbox.sink(name, expected), (sink) => ({ ...sink, publish: Effect.fail(failing) }))
})
