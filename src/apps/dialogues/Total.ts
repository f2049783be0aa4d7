/**
 * `total`: counts the connections that have said something, over all clients, and answers a browser with the count. Under `/api/total`
 * the count is JSON, and a program that reads it there is not counted.
 */
import * as Schema from "effect/Schema"
import { type App, close, define, log, tell } from "../App.ts"
import * as HttpAnswers from "./HttpAnswers.ts"

const app: App<number, {}> = {
  name: "total",
  summary: "counts its visitors",
  config: Schema.Struct({}),
  audience: "all",
  dialects: [{ transport: "tcp", framing: "raw", port: 8010 }],
  init: () => 0,
  on: (total, input) => {
    if (input._tag !== "Said") return [total, []]
    const { member, text } = input
    if (HttpAnswers.pathOf(text) === "/api/total") {
      const json = HttpAnswers.ok(JSON.stringify({ total }), ["Content-Type: application/json"])
      return [total, [tell(member, json), close(member)]]
    }
    const next = total + 1
    return [next, [log(`Total ${next}`), tell(member, HttpAnswers.ok(`Total ${next}`)), close(member)]]
  },
  client: HttpAnswers.client,
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "GET / HTTP/1.1\r\n\r\n" },
      { _tag: "Join" },
      { _tag: "Say", client: 2, message: "anything" },
      { _tag: "Join" },
      { _tag: "Say", client: 3, message: "GET /api/total HTTP/1.1\r\n\r\n" }
    ]
  }
}

export const total = define(app)
