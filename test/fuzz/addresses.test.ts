/** Parsing of addresses: the result is undefined, or a valid host and port. */
import * as FastCheck from "fast-check"
import { format, isLoopback, parse } from "../../src/net/Address.ts"
import { ensure, fuzz } from "./fuzzing.ts"
import { texts } from "./texts.ts"

const pieces = FastCheck.constantFrom(
  ..."[ ] : :: ::1 . % %eth0 0 1 65535 65536 99999 127.0.0.1 ::ffff:1.2.3.4 a F fe80 g localhost - _ / @ http://".split(
    " "
  ),
  " ",
  "\t",
  "\u0000",
  "\u202e",
  "\ud800"
)
const written = FastCheck.array(pieces, { maxLength: 12, size: "max" }).map((some) => some.join(""))
const standard = FastCheck.tuple(
  FastCheck.oneof(FastCheck.ipV4(), FastCheck.ipV6(), FastCheck.domain(), FastCheck.ipV6().map((host) => `[${host}]`)),
  FastCheck.oneof(FastCheck.constant(""), FastCheck.nat(70_000).map((port) => `:${port}`))
).map((some) => some.join(""))

fuzz("an address", {
  corpus: "addresses",
  inputs: FastCheck.oneof(written, standard, texts),
  runs: 8000,
  holds: (text) => {
    const address = parse(text, 4040)
    isLoopback(text)
    if (address === undefined) return
    const { host, port } = address
    ensure(Number.isInteger(port) && port >= 0 && port <= 65_535, "the port is out of range")
    ensure(host !== "" && !/[\s[\]/@]/.test(host), "the host is empty or has invalid characters")
    ensure(!host.includes(":") || /^[0-9A-Fa-f:]+(?:[\d.]*)(?:%[\w.-]+)?$/.test(host), "the IPv6 host is invalid")
    ensure(host.includes(":") || !text.includes("["), "brackets around a host that is no IPv6 address")
    ensure(text.includes(host), "the host is not part of the text")
    ensure(port === 4040 || new RegExp(`:0*${port}$`).test(text), "the port is not part of the text")
    const again = parse(format(address), 1)
    ensure(again?.host === host && again.port === port, "formatted and parsed again it differs")
  }
})
