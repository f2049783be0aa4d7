// Deliberate bugs, each a small change of a production source, which is applied when the simulation is bundled
// (`simulate --bug`). The simulation must find each of them within a thousand worlds; see planted.long.test.ts.

const classic = (name) => `src/protocol/classic/${name}.ts`
const flock = (name) => `src/protocol/flock/${name}.ts`
const conversation = (name) => `src/protocol/conversation/${name}.ts`
const security = (name) => `src/security/${name}.ts`

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
  },
  {
    name: "flock-handshake-read-in-place",
    what: "a HELLO2 that is not authentic changes the state of the handshake",
    world: "flock-attacked",
    patches: [{
      file: security("Noise"),
      find: "expect(\"read\")\n      const after = handshake.copy()",
      replace: "expect(\"read\")\n      const after = handshake"
    }]
  },
  {
    name: "flock-other-key-at-once",
    what: "the first HELLO2 with another key ends the attempt: the key of the server has changed",
    world: "flock-attacked",
    patches: [{
      file: flock("handshake/ClientHandshake"),
      find: "return now < this.#otherKeyAt + HandshakeLimits.otherKeyMillis ? undefined : this.#otherKey",
      replace: "return this.#otherKey"
    }]
  },
  {
    name: "flock-forged-hello3-forgets",
    what: "a HELLO3 that is not authentic ends the half-open handshake",
    world: "flock-attacked",
    patches: [{
      file: flock("handshake/ServerHandshake"),
      find: "if (reading === undefined || payload === undefined) return void this.counters.forged++",
      replace: "if (reading === undefined || payload === undefined) return void this.#entries.forget(entry)"
    }]
  },
  {
    name: "flock-path-of-hello3",
    what: "the path of a session is the address from which HELLO3 came, which has proved nothing",
    world: "flock-attacked",
    patches: [
      {
        file: flock("handshake/ServerHandshake"),
        find: "return this.#onHello3(packet.serverId, packet.message, now)",
        replace: "return this.#onHello3(packet.serverId, packet.message, now, from)"
      },
      {
        file: flock("handshake/ServerHandshake"),
        find: "#onHello3(serverId: number, message: Uint8Array, now: number)",
        replace: "#onHello3(serverId: number, message: Uint8Array, now: number, path: Path)"
      },
      {
        file: flock("handshake/ServerHandshake"),
        find: "const { clientId, local, path } = entry",
        replace: "const { clientId, local } = entry"
      }
    ]
  },
  {
    name: "flock-retry-without-limit",
    what: "a client follows every RETRY",
    world: "flock-attacked",
    patches: [{
      file: flock("handshake/ClientHandshake"),
      find: "if (this.#hasToken || this.#retries >= HandshakeLimits.retries) return\n",
      replace: ""
    }]
  },
  {
    name: "flock-retry-never",
    what: "a server that is flooded with HELLOs asks for no token",
    world: "flock-attacked",
    patches: [{
      file: flock("handshake/RetryMode"),
      find: "const isFlood = !this.#plain.take(now) || halfOpen >= HandshakeLimits.retryHalfOpen",
      replace: "const isFlood = !this.#plain.take(now) && halfOpen < 0"
    }]
  },
  {
    name: "flock-token-of-any-address",
    what: "the token of a RETRY is good for every address",
    world: "flock-attacked",
    patches: [{
      file: flock("handshake/RetryTokens"),
      find: "for (let index = 0; index < host.length; index++) bytes[at + index] = host.charCodeAt(index)",
      replace: ""
    }]
  },
  {
    name: "flock-gate-not-checked",
    what: "a server with a pre-shared key answers a HELLO with a wrong gate",
    world: "flock-attacked",
    patches: [{
      file: flock("handshake/ServerHandshake"),
      find: "if (holdsGate !== undefined && !holdsGate(hello.request, hello.message, hello.gate)) {",
      replace: "if (holdsGate !== undefined && hello.gate.length === 0) {"
    }]
  },
  {
    name: "flock-hello-known-by-its-id",
    what: "a HELLO of the client's id with another first message is answered with the same HELLO2",
    world: "flock-attacked",
    patches: [{
      file: flock("handshake/HalfOpenEntries"),
      find: "`${host} ${port} ${clientId} ${String.fromCharCode(...message)}`",
      replace: "`${host} ${port} ${clientId} ${message.length}`"
    }]
  },
  {
    name: "flock-short-hello",
    what: "a HELLO that is shorter than its answer is answered",
    world: "flock-attacked",
    patches: [{
      file: flock("handshake/HandshakePacket"),
      find: "return packetBytes < Limits.leastDatagramBytes ? undefined : readHello(reader)",
      replace: "return packetBytes < headerBytes ? undefined : readHello(reader)"
    }]
  },
  {
    name: "flock-one-ephemeral-key",
    what: "two attempts have the same ephemeral key",
    world: "flock-attacked",
    patches: [{
      file: security("HandshakeState"),
      find: "const { keyPair, privateKey } = this.#options.crypto.generate()",
      replace: "const { keyPair, privateKey } = (globalThis.onlyPair ??= this.#options.crypto.generate())"
    }]
  },
  {
    name: "flock-reset-token-not-compared",
    what: "a RESET with any token ends a session",
    world: "flock-attacked",
    patches: [{
      file: flock("PacketReader"),
      find: "const isGenuine = isSame(token, this.#resetToken)",
      replace: "const isGenuine = token.length === this.#resetToken.length"
    }]
  },
  {
    name: "flock-reset-token-of-any-session",
    what: "all sessions of a server have one reset token",
    world: "flock-attacked",
    patches: [{ file: security("ResetKey"), find: "writeId(id, 0, serverId)", replace: "writeId(id, 0, 0 * serverId)" }]
  },
  {
    name: "flock-reset-token-of-any-server",
    what: "two servers with one host key have the same reset tokens",
    world: "flock-attacked",
    patches: [{
      file: security("ResetKey"),
      find: "Uint8Array.of(...text, port >>> 8, port & 0xff)",
      replace: "Uint8Array.of(...text)"
    }]
  },
  {
    name: "flock-reset-longer-than-its-cause",
    what: "a packet that is shorter than a RESET is answered with one",
    world: "flock-attacked",
    patches: [{
      file: "src/transport/flock/ResetAnswers.ts",
      find: "if (causeBytes <= resetBytes || id === 0 || isReflectorPort(from.port)) return undefined",
      replace: "if (causeBytes === 0 || id === 0) return undefined"
    }]
  },
  {
    name: "flock-answers-to-trials",
    what: "a part of a run that is tried as a datagram is answered, and answered again as a datagram",
    world: "flock-attacked",
    patches: [{
      file: "src/transport/flock/RunStrides.ts",
      find: "if (!handleDatagram(bytes.slice(at, at + stride), true)) continue",
      replace: "if (!handleDatagram(bytes.slice(at, at + stride), false)) continue"
    }]
  },
  {
    name: "flock-reset-of-a-half-open-session",
    what: "DATA of a handshake in progress is answered with the RESET of its session",
    world: "flock-attacked",
    patches: [{
      file: flock("handshake/ServerHandshake"),
      find: "return this.#entries.byServerId(serverId) !== undefined",
      replace: "return false"
    }]
  },
  {
    name: "flock-client-follows",
    what: "a client follows its server to another address",
    world: "flock-attacked",
    patches: [
      {
        file: flock("PacketReader"),
        find: "if (this.#serverPort === undefined) return true",
        replace: "if (host.length > 0) return true"
      },
      {
        file: flock("Connection"),
        find: "if (this.#role === \"server\") this.#pathValidation",
        replace: "this.#pathValidation"
      }
    ]
  },
  {
    name: "flock-forged-packet-is-received",
    what: "the number of a packet counts as received before the packet is known to be authentic",
    world: "flock-attacked",
    patches: [{
      file: flock("PacketReader"),
      find: "if (!this.#protection.open(",
      replace: "this.#received.onReceived(packetNumber, true, now)\n    if (!this.#protection.open("
    }]
  },
  {
    name: "flock-forged-packet-moves-the-epoch",
    what: "a packet that is not authentic begins the next epoch",
    world: "flock-attacked",
    patches: [{
      file: security("AeadProtection"),
      find: "if (key === undefined || !key.open(bytes, start, framesAt, framesEnd, packetNumber)) return false",
      replace: "if (key === undefined) return false\n      opening.onAuthentic(epoch, now + oldKeyMillis)\n" +
        "      if (!key.open(bytes, start, framesAt, framesEnd, packetNumber)) return false"
    }]
  },
  {
    name: "flock-key-of-all-epochs",
    what: "the key of an epoch is that of the epoch before",
    world: "flock-attacked",
    patches: [{
      file: security("AeadProtection"),
      find: "const next = text.slice(0, key.length)",
      replace: "const next = key.slice(0, text.length)"
    }]
  },
  {
    name: "flock-old-key-kept",
    what: "the key of the epoch before is kept until the next epoch",
    world: "flock-attacked",
    patches: [{
      file: security("AeadProtection"),
      find: "if (now >= this.#oldUntil) this.#dropOld()",
      replace: "if (now < 0) this.#dropOld()"
    }]
  },
  {
    name: "flock-old-packets-are-new",
    what: "a packet is accepted again when it is much older than the newest one",
    world: "flock-attacked",
    patches: [{
      file: flock("recovery/ReceivedPackets"),
      find: "return packetNumber >= this.#floor && !this.#ranges.has(packetNumber)",
      replace: "return packetNumber < this.#largest - 20 || !this.#ranges.has(packetNumber)"
    }]
  },
  {
    name: "links-live-before-have",
    what: "an event is sent on a link before the vectors of the peer have come",
    world: "linked",
    patches: [
      {
        file: conversation("Link"),
        find: "if (this.#state !== \"ready\" || shared === undefined) return\n    if (shared.onSynced(",
        replace: "if (shared === undefined) return\n    if (this.#state === \"comparing\" || shared.onSynced("
      }
    ]
  },
  {
    name: "links-no-have",
    what: "a link begins with new events: what the peer lacks is not looked for",
    world: "linked",
    patches: [{
      file: conversation("LinkRoom"),
      find: "#isLive = false\n  #isReading",
      replace: "#isLive = true\n  #isReading"
    }]
  },
  {
    name: "links-no-deduplication",
    what: "an event that is here already is accepted again",
    world: "linked",
    patches: [
      { file: conversation("RoomLog"), find: "if (seq <= have) {", replace: "if (seq < 1) {" },
      {
        file: conversation("RoomLog"),
        find: "if (seq !== have + 1 && seq !== floor + 1)",
        replace: "if (seq > have + 1 && seq !== floor + 1)"
      },
      {
        file: conversation("RoomLog"),
        find: "if (clock <= (this.#clocks.get(origin) ?? 0))",
        replace: "if (clock < 1)"
      }
    ]
  },
  {
    name: "links-deduplication-by-content",
    what: "an event that says what its author has said before counts as known",
    world: "linked",
    patches: [
      {
        file: conversation("Exchange"),
        find: "  readonly #writes = new WriteQueue()\n",
        replace: "  readonly #writes = new WriteQueue()\n  readonly #texts = new Set<string>()\n"
      },
      {
        file: conversation("Exchange"),
        find: "    const what = `has sent event",
        replace: "    const text = JSON.stringify([event.author, event.body])\n" +
          "    if (this.#texts.has(text)) return link.onAccepted(event)\n    this.#texts.add(text)\n" +
          "    const what = `has sent event"
      }
    ]
  },
  {
    name: "links-one-log-id",
    what: "the log id of a server is the same at each start",
    world: "links-disks",
    patches: [{
      file: conversation("Origin"),
      find: "  const proof = sha256(",
      replace: "  nonce = nonce.map(() => 0)\n  const proof = sha256("
    }]
  },
  {
    name: "links-acknowledged-before-sync",
    what: "a server announces what is not on its disk yet",
    world: "linked",
    patches: [{
      file: conversation("RoomTable"),
      find: "this.#rooms.get(room)?.synced ?? emptyVector",
      replace: "this.#rooms.get(room)?.log.have ?? emptyVector"
    }]
  },
  {
    name: "links-passed-on-before-sync",
    what: "an event is passed on before it is on the disk",
    world: "linked",
    patches: [{
      file: conversation("Exchange"),
      find: "    this.#writes.push(event)\n    return { _tag: \"Posted\", event }",
      replace: "    this.#writes.push(event)\n    for (const link of this.#links.values()) link.onSynced(event)\n" +
        "    return { _tag: \"Posted\", event }"
    }]
  },
  {
    name: "links-silent-servers-do-not-count",
    what: "a server of which no vector has come is left out of ✓✓",
    world: "linked",
    patches: [{
      file: conversation("Acknowledgements"),
      find: "for (const seen of this.#seen.values()) least =",
      replace: "for (const seen of this.#seen.values()) if (seen.size > 0) least ="
    }]
  },
  {
    name: "links-repeated-post-is-new",
    what: "a post that a client repeats is recorded again",
    world: "linked",
    patches: [{
      file: conversation("PostNumbers"),
      find: "if (last === undefined || n > last.n) return undefined",
      replace: "if (last === undefined || n > 0) return undefined"
    }]
  }
]
