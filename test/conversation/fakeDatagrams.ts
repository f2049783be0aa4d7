/** A socket whose datagrams tests deliver and take, and an app that shows what reaches it. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { type App, close, define, log, tell, tellAll } from "../../src/apps/App.ts"
import type { Address } from "../../src/net/Address.ts"
import { format } from "../../src/net/Address.ts"
import type { Handler, Reason } from "../../src/net/Socket.ts"
import { noCounters, Socket, SocketError } from "../../src/net/Socket.ts"

export class FakeDatagrams {
  /** What was sent, as `text to address from local`. */
  readonly sent: Array<string> = []
  isFull = false
  #handler: Handler | undefined

  readonly layer = Layer.succeed(Socket, {
    resolve: (host) => Effect.succeed([host]),
    connect: () => Effect.dieMessage("no test connects"),
    bind: (local, handler) =>
      Effect.sync(() => {
        this.#handler = handler
        return {
          local,
          send: (to, segmentBytes, fill) => {
            if (this.isFull) return "Full"
            const target = new Uint8Array(segmentBytes ?? 2048)
            const text = Buffer.from(target.subarray(0, fill(target))).toString()
            this.sent.push(`${text} to ${format(to)} from ${to.local}`)
            return "Sent"
          },
          discoversMtu: false,
          offload: () => ({ isOn: true }),
          receiveBufferBytes: 0,
          smallBuffers: [],
          counters: () => noCounters
        }
      })
  })

  deliver(from: Address, text: string, local = "192.0.2.1"): void {
    const bytes = Buffer.from(text)
    this.#handler?.onRun({ bytes, from: { ...from, local }, segmentBytes: bytes.length })
    bytes.fill(0xee)
  }

  drain(): void {
    this.isFull = false
    this.#handler?.onDrain?.()
  }

  fail(address: string, reason: Reason): void {
    this.#handler?.onError(new SocketError({ reason, address, message: "the network failed" }), undefined)
  }
}

/**
 * Sends each message back; `all` goes to all, `end` ends, `long N` gets N bytes. Its lines for the operator have the clients that
 * join and leave.
 */
const mirror: App<null, {}> = {
  name: "mirror",
  summary: "sends each message back",
  config: Schema.Struct({}),
  audience: "all",
  dialects: [
    { transport: "udp", framing: "datagram", port: 9999 },
    { transport: "multicast", framing: "datagram", port: 9999, group: "239.255.40.40", answersUnproved: true }
  ],
  init: () => null,
  on: (state, input) => {
    switch (input._tag) {
      case "Joined":
        return [state, [log(`${input.member} is ${format(input.address)}`)]]
      case "Left":
        return [state, [log(`${input.member} ${input.reason}`)]]
      case "Said": {
        const { bytes, member, text = "" } = input
        if (text === "end") return [state, [tell(member, "bye"), close(member)]]
        if (text === "all") return [state, [tellAll("to all")]]
        const length = /^long (\d+)/.exec(text)?.[1]
        return [state, [tell(member, length === undefined ? bytes : "x".repeat(Number(length)))]]
      }
      case "Woken":
        return [state, []]
    }
  },
  example: { steps: [] }
}

export const mirrorApp = define(mirror)
