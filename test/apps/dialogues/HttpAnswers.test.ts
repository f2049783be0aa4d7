import { describe, expect, it } from "@effect/vitest"
import * as HttpAnswers from "../../../src/apps/dialogues/HttpAnswers.ts"
import { hostile, ScriptedClient } from "./transcript.ts"

describe("an HTTP answer", () => {
  it("is a status line, headers if any, and the body", () => {
    expect(HttpAnswers.ok("Total 7")).toBe("HTTP/1.1 200 OK\r\n\r\nTotal 7")
    expect(HttpAnswers.ok("{}", ["A: b"])).toBe("HTTP/1.1 200 OK\r\nA: b\r\n\r\n{}")
  })
})

describe("the path of a request", () => {
  it.each([
    ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "/"],
    ["GET /api/total?x=/y HTTP/1.0\r\n", "/api/total"],
    ["POST /a/b#c HTTP/1.1\n\nbody", "/a/b"],
    ["GET http://x/ HTTP/1.1\r\n", undefined],
    ["GET /api/total", undefined],
    ["get / HTTP/1.1", undefined],
    [" GET / HTTP/1.1", undefined],
    [undefined, undefined]
  ])("of %j is %s", (request, path) => {
    expect(HttpAnswers.pathOf(request)).toBe(path)
  })

  it("is not found in hostile bytes", () => {
    const texts = hostile.filter((one) => typeof one === "string")
    expect([...texts, `GET /${"a".repeat(60_000)} HTTP/1.1`].map(HttpAnswers.pathOf).filter((one) => one)).toEqual([])
  })
})

describe("the client of HTTP", () => {
  const client = () => new ScriptedClient(HttpAnswers.client).open()

  it("sends a plain request, and shows the body at its end, however it was divided", () => {
    const one = client().received("HTTP/1.1 200 OK\r", "\n\r\nTot", "al 7")
    expect(one.outputs).toEqual(["> GET / HTTP/1.0\r\n\r\n"])
    expect(one.ended().outputs.slice(1)).toEqual(["Total 7", "leaves"])
  })

  it("shows an answer without a header as it is", () => {
    expect(client().received("Total 7").ended().outputs.slice(1)).toEqual(["Total 7", "leaves"])
  })

  it("keeps a bounded part of an endless answer", () => {
    const one = client()
    for (let part = 0; part < 100; part++) one.received("x".repeat(10_000))
    expect(one.ended().outputs[1]).toHaveLength(65_536)
  })
})
