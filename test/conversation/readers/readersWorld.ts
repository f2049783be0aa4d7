/** Servers of clients of rooms for tests, on a store in memory, and clients that keep what they are sent. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Mailbox from "effect/Mailbox"
import type { Shape as Accounts } from "../../../src/conversation/accounts/Accounts.ts"
import * as Identities from "../../../src/conversation/Identities.ts"
import * as ExchangeLogs from "../../../src/conversation/logs/ExchangeLogs.ts"
import { Logs } from "../../../src/conversation/logs/Logs.ts"
import type { Readers, ReadersOptions } from "../../../src/conversation/readers/Readers.ts"
import * as ReadersService from "../../../src/conversation/readers/Readers.ts"
import { Store } from "../../../src/conversation/store/Store.ts"
import { nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"
import type { ClientMessage } from "../../../src/protocol/conversation/client/ClientMessage.ts"
import type { EncodedMessage } from "../../../src/protocol/conversation/client/EncodedMessage.ts"
import { readServerMessage, type ServerMessage } from "../../../src/protocol/conversation/client/ServerMessage.ts"
import { Crypto } from "../../../src/security/Crypto.ts"
import { linkedServer, until } from "../links/linkedServer.ts"

export const publicAccess = { access: "public", servers: [] } as const

/** A message of this type. */
export type Sent<T extends ServerMessage["t"]> = Extract<ServerMessage, { readonly t: T }>

/** A server with a hall. */
export const readersWorld = (options: Partial<ReadersOptions> = {}, server = "alpha.example") =>
  Effect.gen(function*() {
    const linked = yield* linkedServer(server)
    linked.driver.makeRoom("hall", publicAccess)
    return yield* served(linked, options, server)
  })

/** Serves the clients of a linked server. */
export const served = (
  linked: Effect.Effect.Success<ReturnType<typeof linkedServer>>,
  options: Partial<ReadersOptions>,
  server: string
) =>
  Effect.gen(function*() {
    const logs = ExchangeLogs.make(linked.driver, server)
    let devices = 0
    const identities = Identities.guests(server, () => `device ${++devices}`)
    const readers = yield* ReadersService.make({ identities, ...options }).pipe(
      Effect.provideService(Logs, logs),
      Effect.provideService(Store, linked.store),
      Effect.provideService(Crypto, nodeCrypto)
    )
    return { ...linked, logs, readers, connect: (host = "127.0.0.1") => connect(readers, host) }
  })

let ports = 1024

/** A connection to the server, before `hello`. */
export const connect = (readers: Readers, host: string, publicKey?: Uint8Array) =>
  Effect.gen(function*() {
    const inbox = yield* Mailbox.make<string>()
    const taking = Effect.unsafeMakeLatch(true)
    const client = new TestClient(inbox, taking)
    const fiber = yield* Effect.forkScoped(readers.serve({
      address: { host, port: ++ports },
      publicKey,
      receive: Effect.map(
        inbox.takeAll,
        ([texts, isDone]) => isDone && texts.length === 0 ? undefined : { texts: Array.from(texts) }
      ),
      send: (messages) => Effect.zipRight(taking.await, Effect.sync(() => client.onMessages(messages)))
    }))
    yield* Effect.forkScoped(Effect.zipRight(Fiber.await(fiber), Effect.sync(() => client.onEnd())))
    return client
  })

export class TestClient {
  readonly messages: Array<ServerMessage> = []
  readonly #inbox: Mailbox.Mailbox<string>
  readonly #taking: Effect.Latch
  isEnded = false
  /** Unread by `until`. */
  #seen = 0

  constructor(inbox: Mailbox.Mailbox<string>, taking: Effect.Latch) {
    this.#inbox = inbox
    this.#taking = taking
  }

  say(message: ClientMessage): void {
    this.sayText(JSON.stringify(message))
  }

  sayText(text: string): void {
    this.#inbox.unsafeOffer(text)
  }

  hello(nick: string, device = `device of ${nick}`): Effect.Effect<Sent<"welcome">> {
    this.say({ t: "hello", v: 1, device, login: { as: "guest", nick } })
    return this.next("welcome")
  }

  /** Opens a room, and waits until all of it is here. */
  open(room = "hall", last?: number): Effect.Effect<void> {
    this.say({ t: "open", room, ...(last === undefined ? {} : { last }) })
    return Effect.asVoid(this.next("live"))
  }

  post(n: number, text: string, room = "hall"): void {
    this.say({ t: "post", room, n, kind: "said", body: { text } })
  }

  /** Stops and goes on taking what it is sent. */
  pause(): void {
    this.#taking.unsafeClose()
  }

  resume(): void {
    this.#taking.unsafeOpen()
  }

  /** Ends the connection. */
  leave(): Effect.Effect<void> {
    return Effect.zipRight(this.#inbox.end, this.until(() => this.isEnded))
  }

  onMessages(messages: ReadonlyArray<EncodedMessage>): void {
    for (const { framed, text } of messages) {
      const read = readServerMessage(text)
      if (Either.isLeft(read)) throw new Error(`the server has sent a message that ${read.left}: ${text}`)
      if (framed.length > 4 + 65_536) throw new Error(`the server has sent a message of ${framed.length} bytes`)
      this.messages.push(read.right)
    }
  }

  onEnd(): void {
    this.isEnded = true
  }

  all<T extends ServerMessage["t"]>(t: T): ReadonlyArray<Sent<T>> {
    return this.messages.filter((message): message is Sent<T> => message.t === t)
  }

  /** The texts of a room in the order in which they came. */
  texts(room = "hall"): ReadonlyArray<string> {
    return this.all("event").filter(({ event }) => event.room === room && event.kind === "said").map(({ event }) =>
      String(event.body?.["text"])
    )
  }

  /** Waits for the next message of this type after those that were waited for. */
  next<T extends ServerMessage["t"]>(t: T): Effect.Effect<Sent<T>> {
    const find = (): number => this.messages.findIndex((message, at) => at >= this.#seen && message.t === t)
    return Effect.map(this.until(() => find() >= 0), () => {
      const at = find()
      this.#seen = at + 1
      return this.messages[at] as Sent<T>
    })
  }

  until(condition: () => boolean): Effect.Effect<void> {
    return Effect.scoped(until(condition))
  }
}

export type { Accounts }
