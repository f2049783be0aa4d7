/**
 * What each service and its client say to each other, as a play: the same for a published client with our server, for ours with a
 * published server, and for the two models. Nothing waits for a time: a line is typed when what it depends on was received or shown.
 */
import { expect } from "vitest"
import type { Client } from "../Client.ts"
import type { Options } from "../Stage.ts"

export interface Scene {
  /** What the test of it is called. */
  readonly title: string
  readonly service: string
  /** Our app, with its configuration, where it is not only the service. */
  readonly app?: string
  /** For the published client. */
  readonly client?: Options
  /** For the published server. */
  readonly server?: Options
  readonly transport?: "udp"
  readonly play: (open: () => Promise<Client>) => Promise<void>
}

/** A scene of one client that says some lines and then leaves; all that it shows. */
export const alone = (lines: ReadonlyArray<string>, screen: string | RegExp) => async (open: () => Promise<Client>) => {
  const client = await open()
  for (const line of lines) await client.says(line)
  client.end()
  await client.leaves()
  if (typeof screen === "string") expect(client.screen).toBe(screen)
  else expect(client.screen).toMatch(screen)
}
