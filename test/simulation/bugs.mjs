// Deliberate bugs, each a small change of a production source that is made when the simulation is bundled (`simulate --bug`).
// A simulation that does not find one of them within a thousand worlds proves nothing; see planted.test.ts.

const classic = (name) => `src/protocol/classic/${name}.ts`

export const bugs = [
  {
    name: "no-deduplication",
    what: "a fragment that came before is taken again",
    patches: [{
      file: classic("Receiver"),
      find: "const isNext = frame.sequenceNumber === message.position + 1",
      replace: "const isNext = frame.sequenceNumber <= message.position + 1"
    }]
  },
  {
    name: "resend-on-stale-ack",
    what: "an ACK of another frame is a reason to repeat (the Sorcerer's Apprentice)",
    patches: [{
      file: classic("Sender"),
      find: "this.#inFlight.noteStale(frame)",
      replace: "this.#inFlight.noteStale(frame)\n      this.#inFlight.repeatForNack()"
    }]
  },
  {
    name: "no-repeat-after-idle",
    what: "a receiver that is idle does not answer repeats of the finished message's last fragment",
    patches: [{
      file: classic("Receiver"),
      find: "if (!this.#past.hasFragment(frame)) {",
      replace: "if (this.#phase === \"idle\" || !this.#past.hasFragment(frame)) {"
    }]
  },
  {
    name: "success-before-fsync",
    what: "a file is published without being synced",
    world: "shell",
    patches: [{
      file: "src/node/NodePart.ts",
      find: `    yield* attempt("sync", path, () => file.sync())\n`,
      replace: ""
    }]
  },
  {
    name: "success-before-publishing",
    what: "the last fragment is acknowledged when it comes, not when the message is safe",
    patches: [{
      file: classic("Receiver"),
      find: "this.#replies.withhold(last)",
      replace: "this.#replies.acknowledge(last)"
    }]
  },
  {
    name: "crc-not-checked-on-the-last",
    what: "the last fragment is taken whatever its CRC says",
    patches: [{
      file: classic("Receiver"),
      find: "if (!Frame.isIntact(frame, this.#crc32)) {\n      if (this.#phase",
      replace:
        "if (frame.sequenceNumber !== frame.fragmentCount && !Frame.isIntact(frame, this.#crc32)) {\n      if (this.#phase"
    }]
  },
  {
    name: "name-counted-as-content",
    what: "the last fragment of the name goes into the file",
    patches: [{
      file: classic("Reassembly"),
      find: "if (this.#position <= this.nameFragments)",
      replace: "if (this.#position < this.nameFragments)"
    }]
  },
  {
    name: "forged-fin-believed",
    what: "a FIN needs no exact form: one flipped bit makes it of an ACK",
    patches: [{
      file: classic("Frame"),
      find: "return frame.payload.length === 0 && isOfConnection(frame) && frame.crc === 0",
      replace: "return true"
    }]
  },
  {
    name: "keyed-by-nothing",
    what: "whose datagram it is does not matter to the server",
    world: "shell",
    patches: [{ file: "src/Endpoint.ts", find: "const key = format(from)", replace: `const key = ""` }]
  },
  {
    name: "copies-are-new",
    what: "a late copy of an announcement begins a message",
    patches: [{
      file: classic("Receiver"),
      find: "if (this.#past.mayHave(frame, now)) {",
      replace: "if (this.#past.mayHave(frame, -Infinity) && now < 0) {"
    }]
  },
  {
    name: "silence-is-forgiven-for-ever",
    what: "a peer that has gone is never forgotten",
    patches: [{
      file: classic("Receiver"),
      find: `    if (!isRemembered) this.#phase = "closed"`,
      replace: `    this.#presence.heard(now)`
    }]
  }
]
