/**
 * The layout of packet headers (docs/PROTOCOL.md, flock §2): forms, connection ids, lengths and packet numbers. Bodies are encoded
 * by HandshakePacket and Frame. Offsets and lengths are bytes.
 */

/** The first byte of a packet. */
export const form = {
  hello: 0x10,
  hello2: 0x11,
  hello3: 0x12,
  retry: 0x13,
  version: 0x14,
  reset: 0x15,
  data: 0x20
} as const

/** The value of a packet's first byte. */
export type Form = typeof form[keyof typeof form]

/** Names of the forms in docs/PROTOCOL.md, flock §2.2. */
export const formNames = {
  [form.hello]: "HELLO",
  [form.hello2]: "HELLO2",
  [form.hello3]: "HELLO3",
  [form.retry]: "RETRY",
  [form.version]: "VERSION",
  [form.reset]: "RESET",
  [form.data]: "DATA"
} as const

/** Name of a form, as in docs/PROTOCOL.md. */
export type FormName = typeof formNames[Form]

const forms: ReadonlySet<number> = new Set(Object.values(form))

/** Offsets of the fields from the packet's start. The length field counts the bytes after it. */
const connectionIdAt = 1
const lengthAt = 9
const afterLength = 11
const numberAt = 11

/** Bytes before the body of a handshake packet. */
export const headerBytes = afterLength

/** Bytes before the frames of a DATA packet. */
export const dataHeaderBytes = numberAt + 4

/** Bytes of the token in a RESET, and of a RESET: a header and the token, without a CRC (docs/PROTOCOL.md, flock §10.3). */
export const resetTokenBytes = 16
export const resetBytes = headerBytes + resetTokenBytes

/** Upper bound of connection ids: eight bytes on the wire, but below 2⁵³ so that a Number holds one. 0 is no valid id. */
export const connectionIds = 2 ** 53

/** Writes a big-endian uint32 at `at` and returns the offset after it. */
export const writeUint32 = (target: Uint8Array, at: number, value: number): number => {
  target[at] = value >>> 24
  target[at + 1] = value >>> 16
  target[at + 2] = value >>> 8
  target[at + 3] = value
  return at + 4
}

/** Reads a big-endian uint32 at `at`; bytes past the end count as 0. */
export const readUint32 = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0

/** Writes a connection id in eight bytes at `at` and returns the offset after it. */
export const writeId = (target: Uint8Array, at: number, id: number): number =>
  writeUint32(target, writeUint32(target, at, Math.floor(id / 2 ** 32)), id >>> 0)

/** Reads a connection id at `at`. An id of 2⁵³ or more is invalid and reads as 0. */
export const readId = (bytes: Uint8Array, at: number): number => {
  const high = readUint32(bytes, at)
  return high < 2 ** 21 ? high * 2 ** 32 + readUint32(bytes, at + 4) : 0
}

/** Form of the packet at `start`; undefined when it is unknown. */
export const formAt = (bytes: Uint8Array, start: number): Form | undefined => {
  const first = bytes[start] ?? 0
  return isForm(first) ? first : undefined
}

const isForm = (value: number): value is Form => forms.has(value)

/** Connection id of the receiver of the packet at `start`. */
export const connectionIdOf = (bytes: Uint8Array, start: number): number => readId(bytes, start + connectionIdAt)

/** Offset of the end of the packet at `start`; undefined when its length field exceeds the bytes before `end`. */
export const endOf = (bytes: Uint8Array, start: number, end: number): number | undefined => {
  if (start + headerBytes > end) return undefined
  const packetEnd = start + headerBytes + ((bytes[start + lengthAt] ?? 0) << 8 | (bytes[start + lengthAt + 1] ?? 0))
  return packetEnd <= end ? packetEnd : undefined
}

/** Writes the header of a packet in [start, end), without a packet number. */
export const writeHeader = (target: Uint8Array, start: number, packetForm: Form, id: number, end: number): void => {
  const length = end - start - headerBytes
  target[start] = packetForm
  writeId(target, start + connectionIdAt, id)
  target[start + lengthAt] = length >>> 8
  target[start + lengthAt + 1] = length
}

/** Writes the low 32 bits of the packet number of the DATA packet at `start`. */
export const writeNumber = (target: Uint8Array, start: number, packetNumber: number): void => {
  writeUint32(target, start + numberAt, packetNumber >>> 0)
}

/** The low 32 bits of the packet number of the DATA packet at `start`. */
export const lowNumberOf = (bytes: Uint8Array, start: number): number => readUint32(bytes, start + numberAt)

/** Packet number of the DATA packet at `start`: of all numbers with its low 32 bits, the nearest to `expected` (RFC 9000 §A.3). */
export const numberOf = (bytes: Uint8Array, start: number, expected: number): number => {
  const low = lowNumberOf(bytes, start)
  const candidate = Math.floor(expected / 2 ** 32) * 2 ** 32 + low
  if (candidate <= expected - 2 ** 31 && candidate + 2 ** 32 <= Number.MAX_SAFE_INTEGER) return candidate + 2 ** 32
  return candidate > expected + 2 ** 31 && candidate >= 2 ** 32 ? candidate - 2 ** 32 : candidate
}

/** Writes a RESET: there is no session for packets to `id`; `token` proves that their receiver says so. */
export const reset = (id: number, token: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(resetBytes)
  writeHeader(bytes, 0, form.reset, id, resetBytes)
  bytes.set(token.subarray(0, resetTokenBytes), headerBytes)
  return bytes
}

/** The token of the RESET in [start, end), as a view; undefined when it has another length. */
export const resetTokenOf = (bytes: Uint8Array, start: number, end: number): Uint8Array | undefined =>
  end - start === resetBytes ? bytes.subarray(start + headerBytes, end) : undefined

/**
 * Length of the first datagram from `start` on in a run that the kernel merged, as the headers say, which are not authentic: only HELLO3
 * is followed by another packet, once (docs/PROTOCOL.md, flock §2.6).
 */
export const firstDatagramBytes = (bytes: Uint8Array, start = 0): number => {
  const end = endOf(bytes, start, bytes.length) ?? bytes.length
  if (bytes[start] !== form.hello3 || end === bytes.length) return end - start
  // A chain of them is not followed: to search a run, this function is called for most of its bytes.
  return (endOf(bytes, end, bytes.length) ?? bytes.length) - start
}
