/** A client and a server as a scene sees them: a model or ours. */

export interface Service {
  readonly host: string
  readonly port: number
  /** Waits until so many messages of the client at this address, or of all, were received. */
  readonly received: (peer: string | undefined, messages: number) => Promise<void>
}

export interface Client {
  /** Types a line, and waits until the server has received what the client sends for it. */
  readonly says: (line: string, messages?: number) => Promise<void>
  /** Types a line. */
  readonly types: (line: string) => void
  /** Waits until the client shows something. */
  readonly sees: (text: string | RegExp) => Promise<void>
  /** Waits until it has asked the person so many times. */
  readonly asks: (times: number) => Promise<void>
  /** The person types no more. */
  readonly end: () => void
  /** Waits until the client ends; fails if it ends with an error. */
  readonly leaves: () => Promise<void>
  /** All that it has shown. */
  readonly screen: string
}
