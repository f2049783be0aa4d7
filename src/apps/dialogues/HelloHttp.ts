/** `hello-http`: answers anything with a page that a browser shows, and ends. */
import * as Schema from "effect/Schema"
import { type App, close, define, tell } from "../App.ts"
import * as HttpAnswers from "./HttpAnswers.ts"

const app: App<null, {}> = {
  name: "hello-http",
  summary: "answers a browser",
  config: Schema.Struct({}),
  audience: "one",
  dialects: [{ transport: "tcp", framing: "raw", port: 8011 }],
  init: () => null,
  on: (state, input) =>
    input._tag === "Said"
      ? [state, [tell(input.member, HttpAnswers.ok("Hello world")), close(input.member)]]
      : [state, []],
  client: HttpAnswers.client,
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "GET / HTTP/1.1\r\nHost: 127.0.0.1:8011\r\n\r\n" }
    ]
  }
}

export const helloHttp = define(app)
