import { describe, expect, it } from "vitest"
import * as SessionEnd from "../../src/transport/SessionEnd.ts"

const facts = {
  silentMillis: 20_000,
  code: 300,
  name: "FlowControlError",
  text: "maintenance",
  datagramBytes: 1458,
  ownKey: new Uint8Array(32)
}

/** Every row: the reason, the words without any facts, and those with all of them. */
const table: Readonly<Record<SessionEnd.End, readonly [reason: string, bare: string, full?: string]>> = {
  Silent: ["Silent", "h:1 does not answer", "h:1 has not answered within 20 s"],
  Lost: ["Lost", "h:1 stopped answering", "h:1 stopped answering 20 s ago"],
  Stalled: [
    "Stalled",
    "h:1 has not gone on with its message for 0 s",
    "h:1 has not gone on with its message for 20 s"
  ],
  Broken: [
    "Lost",
    "the connection to h:1 broke before it was closed",
    "the connection to h:1 broke before it was closed: maintenance"
  ],
  PeerRestarted: ["PeerRestarted", "h:1 restarted and has forgotten the session"],
  LargeLost: [
    "Lost",
    "h:1 has answered small frames, but none of the needed size: the path may not carry them",
    "h:1 has answered small frames, but none of 1458 bytes: the path may not carry them"
  ],
  PathTooSmall: [
    "TooLarge",
    "the path to h:1 carries no datagrams of the needed size",
    "the path to h:1 carries no datagrams of 1458 bytes"
  ],
  Closed: ["Closed", "h:1 ended the connection", "h:1 ended the connection: maintenance"],
  Left: ["Left", "the connection to h:1 was closed by this side"],
  ServerFull: ["ServerFull", "h:1 accepts no connections now: it has too many, or it is stopping"],
  TurnedAway: ["ServerFull", "h:1 was turned away: this side accepts no connections now"],
  NotAllowed: [
    "NotAllowed",
    "h:1 accepts clients with a known key only, and this side has shown none",
    "h:1 does not accept the key of this side: its operator has to allow it"
  ],
  Disallowed: ["NotAllowed", "h:1 was turned away: its key is not among those that this side allows"],
  Refused: ["Declined", "h:1 refused the message"],
  Refusing: ["Declined", "a message of h:1 was refused"],
  RefusedBefore: ["Closed", "h:1 refused an earlier message"],
  OwnDefect: ["Defect", "a defect of this program ended the connection to h:1"],
  PeerDefect: [
    "Defect",
    "a defect of the program at h:1 ended the connection",
    "a defect of the program at h:1 ended the connection: maintenance"
  ],
  PeerViolation: ["Protocol", "h:1 violated the protocol", "h:1 violated the protocol (FlowControlError)"],
  OwnViolation: [
    "Protocol",
    "h:1 ended the connection because it found a violation of the protocol",
    "h:1 ended the connection because it found a violation of the protocol (FlowControlError): maintenance"
  ],
  Unanswered: ["Abandoned", "h:1 gave up the message before it was complete: it was stopped, or it failed"],
  Replaced: ["Reset", "h:1 replaced it with another message"],
  Reset: ["Reset", "h:1 stopped sending before the end"],
  Stopped: ["Stopped", "h:1 does not accept the rest of the data"],
  StreamLeft: ["Left", "the stream with h:1 was abandoned by this side"]
}

describe("the end of a session, a message or a stream", () => {
  it.each(SessionEnd.ends)("%s has its reason and its words", (end) => {
    const [reason, bare, full = bare] = table[end]
    expect(SessionEnd.of(end, "h:1")).toMatchObject({ _tag: "SessionError", reason, peer: "h:1", message: bare })
    expect(SessionEnd.of(end, "h:1", facts)).toMatchObject({ reason, code: 300, message: full })
  })
})
