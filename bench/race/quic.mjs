// QUIC as a peer: the HTTP/3 server and client of ngtcp2, with CUBIC or BBR.
import { join } from "node:path"
import { pathOf, run } from "./installed.mjs"

// Receive windows that are large enough for every path of the benchmarks.
const window = "64M"
const datagramBytes = "1472"

const makeCertificate = ({ scratch }) => {
  const key = [
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-keyout",
    join(scratch, "key.pem")
  ]
  run("openssl", ["req", "-x509", ...key, "-out", join(scratch, "cert.pem"), "-days", "2", "-subj", "/CN=localhost"])
}

/** A peer with the congestion controller. */
export const quic = (name, congestion) => ({
  name,
  datagram: datagramBytes,
  programs: ["gtlsserver", "gtlsclient", "openssl"],
  prepare: makeCertificate,
  // The client requests the file, so the measured process is the receiver.
  server: ({ from, outbox, port, scratch }) => ({
    on: from,
    port,
    command: [
      pathOf("gtlsserver"),
      "-q",
      `--cc=${congestion}`,
      `--max-window=${window}`,
      "-d",
      outbox,
      `--max-udp-payload-size=${datagramBytes}`,
      from.address,
      String(port),
      join(scratch, "key.pem"),
      join(scratch, "cert.pem")
    ]
  }),
  timed: ({ from, inbox, name: file, port, to }) => ({
    on: to,
    command: [
      pathOf("gtlsclient"),
      "-q",
      `--cc=${congestion}`,
      "--exit-on-all-streams-close",
      `--download=${inbox}`,
      `--max-data=${window}`,
      `--max-stream-data-bidi-local=${window}`,
      `--max-window=${window}`,
      `--max-udp-payload-size=${datagramBytes}`,
      from.address,
      String(port),
      `https://${from.address}/${file}`
    ]
  })
})
