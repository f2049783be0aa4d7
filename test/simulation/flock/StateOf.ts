/** The state of a session as far as it can be observed. A packet that is not authentic, or old, leaves it as it is. */
import type { Connection } from "../../../src/protocol/flock/Connection.ts"
import type { Stream } from "../../../src/protocol/flock/streams/Stream.ts"

/** Drops are counted, which is no change. `packetKeys` counts the keys of epochs. */
export const stateOf = (connection: Connection, streams: Iterable<Stream>, packetKeys: number): string => {
  const { counters, mtuDiscovery, path, recovery, sent } = connection
  const { congestion, rate, roundTrip } = recovery
  return [
    `${counters.receivedPackets} packets of ${counters.receivedBytes} bytes received`,
    `${sent.sentPackets} of ${sent.sentBytes} sent, next ${recovery.sent.next}`,
    `path ${path.host}:${path.port}`,
    `open ${connection.isOpen}, closed ${connection.isClosed}`,
    `deadline ${connection.deadline}`,
    `${connection.streams.count} streams, window ${connection.streams.windowBytes}`,
    `unsent ${connection.streams.hasUnsent}, control ${connection.streams.hasControl}`,
    ...Array.from(
      streams,
      ({ id, receive, send }) =>
        `stream ${id}: ${receive.readBytes} ${receive.readableBytes} ${receive.furthestBytes} ${receive.isAtEnd} ` +
        `${receive.resetCode} ${send.sentBytes} ${send.isSettled}`
    ),
    `in flight ${rate.bytesInFlight} of ${congestion.congestionWindowBytes}`,
    `round trip ${roundTrip.latestMillis} ${roundTrip.smoothedMillis} ${roundTrip.variationMillis}`,
    `recovery ${JSON.stringify(recovery.counters)} ${recovery.answeredAt} ${recovery.timeouts}`,
    `datagrams of ${mtuDiscovery.datagramBytes}`,
    `${packetKeys} keys`
  ].join("; ")
}
