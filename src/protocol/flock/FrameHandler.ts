/** What a frame of the peer means in its session (docs/PROTOCOL.md, flock §4): passes it to the part that it concerns. */
import type { CloseName } from "./CloseCode.ts"
import type { Closing } from "./Closing.ts"
import type { Path, PathValidation } from "./path/PathValidation.ts"
import type { LossDetection } from "./recovery/LossDetection.ts"
import type { StreamOutcome, Streams } from "./streams/Streams.ts"
import type { Frame } from "./wire/Frame.ts"

/** The parts of a session that frames concern. */
export interface FrameParts {
  readonly streams: Streams
  readonly recovery: LossDetection
  readonly pathValidation: PathValidation
  readonly closing: Closing
  /** The peer has proved to be at another host. */
  readonly onMoved: (now: number) => void
}

/** Handles the frame, which came from `from`. An error is the reason to close the session. */
export const handleFrame = (
  { closing, onMoved, pathValidation, recovery, streams }: FrameParts,
  frame: Frame,
  from: Path,
  now: number
): StreamOutcome | CloseName => {
  switch (frame._tag) {
    case "Stream":
      return streams.onStreamFrame(frame)
    case "Ack":
      return recovery.onAck(frame, now) ? "Accepted" : "ProtocolViolation"
    case "ResetStream":
      return streams.onResetStream(frame.id, frame.code, frame.finalBytes)
    case "StopSending":
      return streams.onStopSending(frame.id, frame.code)
    case "MaxStreamData":
      return streams.onMaxStreamData(frame.id, frame.bytes)
    case "MaxData":
      streams.onMaxData(frame.bytes)
      return "Accepted"
    case "MaxStreams":
      streams.onMaxStreams(frame.count)
      return "Accepted"
    case "PathChallenge":
      pathValidation.onChallenge(from, frame.token)
      return "Accepted"
    case "PathResponse":
      if (pathValidation.onResponse(frame.token) === "Moved") onMoved(now)
      return "Accepted"
    case "Close":
      closing.onClose(frame.code, frame.reason)
      return "Accepted"
    case "Ping":
    case "Datagram":
      return "Accepted"
  }
}
