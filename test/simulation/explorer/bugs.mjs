// Bugs to plant (`npm run explore -- --bug NAME`): each must be found, or the explorer is not worth its time. The last three
// are defects that it found; two of them need the deeper worlds.
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
    name: "repeats-are-taken",
    what: "a receiver takes a DAT that it has once more",
    world: "file",
    patches: [{
      file: receiver,
      find: "if (isNext) return this.#append(message, frame)",
      replace: "if (isNext || frame.sequenceNumber < message.fragmentCount) return this.#append(message, frame)"
    }]
  },
  {
    name: "copies-begin-messages",
    what: "an announcement of a finished message begins it again",
    world: "text",
    patches: [{
      file: past,
      find: "return this.#finished?.mayBeCopy(announcement, now) === true ||",
      replace: "return"
    }]
  },
  {
    name: "timer-without-effect",
    what: "a sender that has heard nothing for too long does not end",
    world: "crash",
    patches: [{
      file: "src/protocol/classic/Sender.ts",
      find: "      this.#close()\n      this.#events.push({ _tag: \"Lost\" })\n      return\n",
      replace: "      return\n"
    }]
  },
  {
    name: "answers-without-end",
    what: "a held announcement is answered again and again",
    world: "text",
    patches: [{
      file: "src/protocol/classic/FinishedMessage.ts",
      find: "    this.#isAcknowledged = true\n",
      replace: ""
    }]
  },
  {
    name: "only-the-last-is-remembered",
    what: "copies of announcements before the last finished message are taken for new",
    world: "texts",
    patches: [{ file: past, find: "this.#earlier.push(this.#finished)", replace: "this.#earlier.length = 0" }]
  },
  {
    name: "late-answer-counts",
    what: "an ACK(0) counts from 2 s after the last KPA before the message",
    world: "rest",
    deep: true,
    patches: [{
      file: "src/protocol/classic/Probe.ts",
      find: "Math.max(this.#keepAliveSentAt + lateMillis, this.#answeredAt) + lateMillis",
      replace: "this.#keepAliveSentAt + lateMillis"
    }]
  },
  {
    name: "left-is-safe",
    what: "a complete message counts as safe when another begins",
    world: "restart",
    deep: true,
    patches: [{ file: past, find: "this.#unpublishedSerial = serial", replace: "this.#unpublishedSerial = undefined" }]
  }
]
