// Deliberate bugs, each a small change of a production source, which is applied when the simulation is bundled
// (`simulate --bug`). The simulation must find each of them within a thousand worlds; see planted.long.test.ts.

const classic = (name) => `src/protocol/classic/${name}.ts`
const flock = (name) => `src/protocol/flock/${name}.ts`

export const bugs = [
  {
    name: "no-deduplication",
    what: "a duplicate fragment is accepted",
    patches: [{
      file: classic("Receiver"),
      find: "const isNext = frame.sequenceNumber === message.position + 1",
      replace: "const isNext = frame.sequenceNumber <= message.position + 1"
    }]
  },
  {
    name: "resend-on-stale-ack",
    what: "an ACK of another frame causes a retransmission (Sorcerer's Apprentice syndrome)",
    patches: [{
      file: classic("Sender"),
      find: "this.#inFlight.onStaleAnswer(frame)",
      replace: "this.#inFlight.onStaleAnswer(frame)\n      this.#inFlight.retransmitOnNack()"
    }]
  },
  {
    name: "no-repeat-after-idle",
    what: "an idle receiver does not answer retransmissions of the finished message's last fragment",
    patches: [{
      file: classic("Receiver"),
      find: "if (!this.#recentMessages.hasFragment(frame)) {",
      replace: "if (this.#phase === \"idle\" || !this.#recentMessages.hasFragment(frame)) {"
    }]
  },
  {
    name: "success-before-fsync",
    what: "a file is published without being synced",
    world: "shell",
    patches: [{
      file: "src/node/storage/NodePart.ts",
      find: `    yield* attempt("sync", path, () => file.sync())\n`,
      replace: ""
    }]
  },
  {
    name: "success-before-publishing",
    what: "the last fragment is acknowledged when it arrives, before the message is published",
    patches: [{
      file: classic("Receiver"),
      find: "this.#replies.withhold(last)",
      replace: "this.#replies.acknowledge(last)"
    }]
  },
  {
    name: "crc-not-checked-on-the-last",
    what: "the last fragment is accepted with a wrong CRC",
    patches: [{
      file: classic("Receiver"),
      find: "if (!Frame.isIntact(frame, this.#crc32)) {\n      if (this.#phase",
      replace:
        "if (frame.sequenceNumber !== frame.fragmentCount && !Frame.isIntact(frame, this.#crc32)) {\n      if (this.#phase"
    }]
  },
  {
    name: "name-counted-as-content",
    what: "the last fragment of the name is written to the file",
    patches: [{
      file: classic("Reassembly"),
      find: "if (this.#position <= this.nameFragments)",
      replace: "if (this.#position < this.nameFragments)"
    }]
  },
  {
    name: "forged-fin-believed",
    what: "a FIN needs no exact form: one flipped bit changes an ACK to a FIN",
    patches: [{
      file: classic("ClassicFrame"),
      find: "return frame.payload.length === 0 && isOfConnection(frame) && frame.crc === 0",
      replace: "return true"
    }]
  },
  {
    name: "keyed-by-nothing",
    what: "the server does not distinguish source addresses",
    world: "shell",
    patches: [{
      file: "src/transport/classic/ClassicEndpoint.ts",
      find: "const key = keyOf(from)",
      replace: `const key = ""`
    }]
  },
  {
    name: "copies-are-new",
    what: "a late copy of an announcement starts a message",
    patches: [{
      file: classic("Receiver"),
      find: "if (this.#recentMessages.mayBeCopy(frame, now)) {",
      replace: "if (this.#recentMessages.mayBeCopy(frame, -Infinity) && now < 0) {"
    }]
  },
  {
    name: "idle-peer-kept",
    what: "an idle peer is never forgotten",
    patches: [{
      file: classic("Receiver"),
      find: `    if (!isKept) this.#phase = "closed"`,
      replace: `    this.#peerTimer.restart(now)`
    }]
  },
  {
    name: "flock-no-deduplication",
    what: "a duplicate packet is accepted",
    world: "flock",
    patches: [{
      file: flock("PacketReader"),
      find: "if (!this.#received.isNew(packetNumber)) return drop(counters, \"duplicates\")",
      replace: ""
    }]
  },
  {
    name: "flock-lost-is-lost",
    what: "the acknowledgement of a packet that was declared lost has no effect",
    world: "flock",
    patches: [{
      file: flock("recovery/LossDetection"),
      find: "if (isWithin(ranges, packet.packetNumber)) this.#onSpuriousLoss(packet, now)",
      replace: ""
    }]
  },
  {
    name: "flock-window-update-sent-once",
    what: "a lost window update is not sent again",
    world: "flock",
    patches: [{
      file: flock("streams/ControlFrames"),
      find: "if (bytes === this.#window.limitBytes) this.#isMaxDataDue = true",
      replace: ""
    }]
  },
  {
    name: "flock-credit-counted-twice",
    what: "a stream's bytes are subtracted twice from the session's credit",
    world: "flock",
    patches: [{
      file: flock("streams/SendScheduler"),
      find: "this.#sentBytes += stream.send.sentBytes - sentBefore",
      replace: "this.#sentBytes += 2 * (stream.send.sentBytes - sentBefore)"
    }]
  },
  {
    name: "flock-no-path-validation",
    what: "a session migrates to its newest packet's address without a challenge",
    world: "flock",
    patches: [{
      file: flock("path/PathValidation"),
      find:
        "this.#candidate = { path: from, token, creditBytes: bytes, unansweredBytes: bytes, challengedAt: -Infinity }",
      replace: "this.#current = from"
    }]
  },
  {
    name: "flock-old-packet-moves",
    what: "an old packet from another address causes a migration",
    world: "flock",
    patches: [{
      file: flock("path/PathValidation"),
      find: "if (!isNewest) return\n",
      replace: ""
    }]
  },
  {
    name: "flock-challenge-without-account",
    what: "a challenge is padded to 1200 bytes, however few came from the address",
    world: "flock",
    patches: [{
      file: flock("path/PathValidation"),
      find: "const paddedBytes = Math.min(Math.max(likeBytes, this.#challengeBytes), candidate.creditBytes)",
      replace: "const paddedBytes = Limits.leastDatagramBytes + 0 * likeBytes"
    }]
  },
  {
    name: "flock-empty-probes",
    what: "packets sent after a probe timeout contain no missing data",
    world: "flock",
    patches: [{
      file: flock("recovery/LossDetection"),
      find: "for (const frame of this.#oldestDataPacket()?.frames ?? []) this.#observer.onFrameLost(frame)",
      replace: "this.#oldestDataPacket()"
    }]
  },
  {
    name: "flock-crc-not-checked",
    what: "a packet with a wrong CRC is accepted",
    world: "flock",
    patches: [{
      file: flock("handshake/Protection"),
      find: "open: (bytes, start, _framesAt, framesEnd) => holdsCrc(crc32, bytes, start, framesEnd)",
      replace: "open: () => true"
    }]
  },
  {
    name: "flock-end-forgotten",
    what: "a lost end of a stream is not sent again",
    world: "flock",
    patches: [{
      file: flock("streams/SendStream"),
      find: "if (frame.isLast) this.#isFinDue = !this.#isFinAcked",
      replace: ""
    }]
  },
  {
    name: "flock-limit-ignored",
    what: "a stream exceeds the peer's flow-control limit",
    world: "flock",
    patches: [{
      file: flock("streams/SendStream"),
      find: "const end = Math.min(this.#buffer.writtenBytes, this.#limitBytes, this.#sentBytes + creditBytes)",
      replace: "const end = Math.min(this.#buffer.writtenBytes, this.#sentBytes + creditBytes)"
    }]
  },
  {
    name: "flock-idle-peer-kept",
    what: "an idle peer is never declared lost",
    world: "flock",
    patches: [{
      file: flock("path/IdleTimer"),
      find: "return now >= this.expiresAt",
      replace: "return false"
    }]
  },
  {
    name: "flock-streams-kept",
    what: "a finished stream is never removed",
    world: "flock",
    patches: [{
      file: flock("streams/Streams"),
      find: "if (!send.isSettled || !isReceived || !this.#streams.delete(stream.id)) return",
      replace: "if (!send.isSettled || !isReceived || stream.id >= 0) return"
    }]
  }
]
