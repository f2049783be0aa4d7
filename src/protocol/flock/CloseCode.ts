/** The reasons for which a session ends: codes of CLOSE (docs/PROTOCOL.md, flock §4.11), and which side closed. */

/** The codes that the transport defines, by name. They stand on the wire. */
export const closeCode = {
  NoError: 0x00,
  InternalError: 0x01,
  ServerFull: 0x02,
  FlowControlError: 0x03,
  StreamLimitError: 0x04,
  StreamStateError: 0x05,
  FinalSizeError: 0x06,
  ProtocolViolation: 0x0a,
  NotAllowed: 0x0c,
  NoViablePath: 0x10
} as const

/** Name of a code that the transport defines. */
export type CloseName = keyof typeof closeCode

/**
 * Why a session ended: `by` is the side that closed, `Idle` when the idle timeout expired (docs/PROTOCOL.md, flock §10.1), `Reset`
 * when the peer has forgotten the session, or `Broken` when the connection below it ended without a CLOSE. A code without a {@link CloseName} belongs to the application.
 */
export interface CloseReason {
  readonly by: "us" | "peer" | "Idle" | "Reset" | "Broken"
  readonly code: number
  readonly text: string
}

const names = new Map<number, CloseName>()
for (
  const name of [
    "NoError",
    "InternalError",
    "ServerFull",
    "FlowControlError",
    "StreamLimitError",
    "StreamStateError",
    "FinalSizeError",
    "ProtocolViolation",
    "NotAllowed",
    "NoViablePath"
  ] as const
) names.set(closeCode[name], name)

/** Name of a code; undefined when the transport does not define it. */
export const nameOf = (code: number): CloseName | undefined => names.get(code)
