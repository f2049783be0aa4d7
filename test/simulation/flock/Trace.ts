/** Formats packets of flock as text: number and frames. */
import { crcBytes } from "../../../src/protocol/flock/handshake/Protection.ts"
import { type Frame, readAll } from "../../../src/protocol/flock/wire/Frame.ts"
import { dataHeaderBytes, endOf, form, formAt, numberOf } from "../../../src/protocol/flock/wire/Packet.ts"

const names = new Map<number, string>(Object.entries(form).map(([name, value]) => [value, name.toUpperCase()]))

/** The packets of a datagram as text. */
export const describePackets = (bytes: Uint8Array): string => {
  const packets: Array<string> = []
  for (let start = 0; start < bytes.length;) {
    const end = endOf(bytes, start, bytes.length)
    if (end === undefined) {
      packets.push(`${bytes.length - start} bytes`)
      break
    }
    const kind = formAt(bytes, start)
    if (kind === form.data) {
      const frames = readAll(bytes, start + dataHeaderBytes, end - crcBytes)?.map(describeFrame).join(" ") ?? "?"
      packets.push(`#${numberOf(bytes, start, 0)} ${frames}`)
    } else packets.push(kind === undefined ? "?" : names.get(kind) ?? "?")
    start = end
  }
  return `${packets.join(" | ")} (${bytes.length})`
}

const describeFrame = (frame: Frame): string => {
  switch (frame._tag) {
    case "Stream":
      return `S${frame.id}:${frame.offset}+${frame.end - frame.start}${frame.isLast ? "." : ""}`
    case "Ack":
      return `ACK${
        Array.from({ length: frame.ranges.length / 2 }, (_, n) => ` ${frame.ranges[2 * n]}-${frame.ranges[2 * n + 1]}`)
          .join("")
      }`
    default:
      return `${frame._tag}${
        Object.entries(frame).slice(1).map(([name, value]) => ` ${name}=${String(value)}`).join("")
      }`
  }
}
