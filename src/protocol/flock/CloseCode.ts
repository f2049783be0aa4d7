/** Why a session ends: the codes of CLOSE (docs/PROTOCOL.md, flock §4.11), and who said so. */

export const closeCode = {
  NoError: 0x00,
  InternalError: 0x01,
  ServerFull: 0x02,
  FlowControlError: 0x03,
  StreamLimitError: 0x04,
  StreamStateError: 0x05,
  FinalSizeError: 0x06,
  ProtocolViolation: 0x0a
} as const

export type CloseName = keyof typeof closeCode

/** `Idle`: the peer fell silent. A code that has no name here is the application's. */
export interface CloseReason {
  readonly by: "us" | "peer" | "Idle"
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
    "ProtocolViolation"
  ] as const
) names.set(closeCode[name], name)

/** Of a code that the transport defines. */
export const nameOf = (code: number): CloseName | undefined => names.get(code)
