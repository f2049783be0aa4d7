import { describe, expect, it } from "@effect/vitest"
import { helloHttp } from "../../../src/apps/dialogues/HelloHttp.ts"
import { answers, hostile, together } from "./transcript.ts"

describe("hello-http", () => {
  it("answers anything with a page, and ends", () => {
    for (const message of ["GET / HTTP/1.1\r\n\r\n", ...hostile]) {
      expect(answers(helloHttp, [message, message])).toEqual(["HTTP/1.1 200 OK\r\n\r\nHello world", "closes: ended"])
    }
  })

  it("has a client that shows the page", () => {
    expect(together(helloHttp, [])).toEqual(["> GET / HTTP/1.0\r\n\r\n", "Hello world", "leaves"])
  })
})
