// Bugs to plant (`npm run explore -- --bug NAME`). The explorer must find each of them. The last three are defects that
// it found in the past; two of them need the deeper worlds.
const receiver = "src/protocol/classic/Receiver.ts"
const past = "src/protocol/classic/RecentMessages.ts"

export const bugs = [
  {
    name: "acknowledged-before-published",
    what: "the ACK of the last DAT does not wait for the disk",
    world: "file",
    patches: [{ file: receiver, find: "this.#replies.withhold(last)", replace: "this.#replies.acknowledge(last)" }]
  },
  {
    name: "repeats-accepted",
    what: "a receiver accepts a duplicate DAT",
    world: "file",
    patches: [{
      file: receiver,
      find: "if (isNext) return this.#append(message, frame)",
      replace: "if (isNext || frame.sequenceNumber < message.fragmentCount) return this.#append(message, frame)"
    }]
  },
  {
    name: "copies-begin-messages",
    what: "a copy of a finished message's announcement starts it again",
    world: "text",
    patches: [{
      file: past,
      find: "return this.#finished?.mayBeCopy(announcement, now) === true ||",
      replace: "return"
    }]
  },
  {
    name: "timer-without-effect",
    what: "a sender does not end after its idle timeout",
    world: "crash",
    patches: [{
      file: "src/protocol/classic/Sender.ts",
      find:
        "      this.#events.push({ _tag: \"Lost\", unprovenBytes: this.#message?.unprovenBytes })\n      return this.#close()\n",
      replace: "      return\n"
    }]
  },
  {
    name: "endless-answers",
    what: "a held announcement is answered repeatedly",
    world: "text",
    patches: [{
      file: "src/protocol/classic/FinishedMessage.ts",
      find: "    this.#isAcknowledged = true\n",
      replace: ""
    }]
  },
  {
    name: "only-the-last-remembered",
    what: "copies of announcements before the last finished message are accepted as new",
    world: "texts",
    patches: [{ file: past, find: "this.#earlier.push(this.#finished)", replace: "this.#earlier.length = 0" }]
  },
  {
    name: "late-answer-counts",
    what: "an ACK(0) is accepted from 2 s after the last KPA before the message",
    world: "rest",
    deep: true,
    patches: [{
      file: "src/protocol/classic/Probe.ts",
      find: "Math.max(this.#keepAliveSentAt + lateMillis, this.#answeredAt) + lateMillis",
      replace: "this.#keepAliveSentAt + lateMillis"
    }]
  },
  {
    name: "unpublished-is-safe",
    what: "a complete message counts as published when another one begins",
    world: "restart",
    deep: true,
    patches: [{ file: past, find: "this.#unpublishedSerial = serial", replace: "this.#unpublishedSerial = undefined" }]
  },
  {
    name: "links-live-before-have",
    what: "an event is sent on a link before the vectors of the peer have come",
    world: "links-two",
    patches: [{
      file: "src/protocol/conversation/Link.ts",
      find: "if (this.#state !== \"ready\" || shared === undefined) return\n    if (shared.onSynced(",
      replace: "if (shared === undefined) return\n    if (this.#state === \"comparing\" || shared.onSynced("
    }]
  },
  {
    name: "links-no-have",
    what: "a link begins with new events: what the peer lacks is not looked for",
    world: "links-two",
    patches: [{
      file: "src/protocol/conversation/LinkRoom.ts",
      find: "#isLive = false\n  #isReading",
      replace: "#isLive = true\n  #isReading"
    }]
  }
]
