/** Our client without a process of its own: the conversation of `holub join --raw`, whose lines the test types. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Mailbox from "effect/Mailbox"
import { named } from "../../../src/apps/Apps.ts"
import * as Connections from "../../../src/cli/join/JoinConnection.ts"
import * as Talk from "../../../src/cli/join/Talk.ts"
import * as TalkFaces from "../../../src/cli/join/TalkFaces.ts"
import type { Output } from "../../../src/cli/report/Output.ts"
import * as NodeServices from "../../../src/node/NodeServices.ts"
import * as FramingName from "../../../src/protocol/framing/FramingName.ts"
import { fakeReport } from "../../cli/commandsInMemory.ts"
import type { Client, Service } from "./Client.ts"
import { found } from "./Stage.ts"

const encoder = new TextEncoder()

interface TalkingOptions {
  readonly transport?: "tcp" | "udp" | undefined
  /** Another framing than that of the app. */
  readonly framing?: string | undefined
}

/** Opens clients at a server, which counts what they all have sent. */
export const talking = (service: Service, app: string, options: TalkingOptions = {}): () => Promise<Client> => {
  let said = 0
  const sent = (messages: number) => {
    said += messages
    return service.received(undefined, said)
  }
  return () => Promise.resolve(new OwnClient(service, app, sent, options))
}

class OwnClient implements Client {
  screen = ""
  #asked = 0
  readonly #typed = Effect.runSync(Mailbox.make<Uint8Array>())
  readonly #sent: (messages: number) => Promise<void>
  readonly #ended: Promise<Exit.Exit<void, unknown>>
  readonly #watchers = new Set<() => void>()

  constructor(
    { host, port }: Service,
    app: string,
    sent: (messages: number) => Promise<void>,
    { framing: wanted, transport = "tcp" }: TalkingOptions
  ) {
    this.#sent = sent
    const own = named(app)
    const dialect = own?.dialects.find((one) => one.transport === transport)
    const client = own?.client?.start("en")
    const framing = FramingName.parse(wanted ?? dialect?.framing ?? "")
    if (client === undefined || typeof framing === "string") throw new Error(`no client of ${app} over ${transport}`)
    const face = TalkFaces.ofScript({
      stdin: Mailbox.toStream(this.#typed),
      stdout: this.#output((text) => {
        this.screen += text
      }),
      stderr: this.#output(() => this.#asked++)
    }, false)
    const talk = Effect.flatMap(
      Connections.open({ transport, host, port }),
      (connection) =>
        Talk.run({ app, client, connection, face, framing: framing.client ?? framing, report: fakeReport() })
    )
    this.#ended = Effect.runPromiseExit(Effect.provide(Effect.scoped(talk), NodeServices.layer))
  }

  async says(line: string, messages = 1): Promise<void> {
    this.types(line)
    const failing = this.leaves().then(() => new Promise<never>(() => undefined))
    await Promise.race([this.#sent(messages), failing])
  }

  types(line: string): void {
    this.#typed.unsafeOffer(encoder.encode(`${line}\n`))
  }

  sees(text: string | RegExp): Promise<void> {
    return this.#until(() => found(this.screen, text))
  }

  asks(times: number): Promise<void> {
    return this.#until(() => this.#asked >= times)
  }

  end(): void {
    Effect.runSync(this.#typed.end)
  }

  async leaves(): Promise<void> {
    const exit = await this.#ended
    if (Exit.isFailure(exit)) throw new Error(Cause.pretty(exit.cause))
  }

  /** Fails if the conversation is over before. */
  #until(is: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const watch = (): void => {
        if (!is()) return
        this.#watchers.delete(watch)
        resolve()
      }
      this.#watchers.add(watch)
      watch()
      void this.#ended.then(() => reject(new Error(`it ended first, after ${this.screen}`)))
    })
  }

  #output(take: (text: string) => void): Output {
    return {
      write: (text) => {
        take(text)
        for (const watch of this.#watchers) watch()
      },
      drained: Effect.void,
      backlogBytes: () => 0,
      isTerminal: false,
      isAnimated: false,
      columns: () => 80
    }
  }
}
