import { crc32 } from "node:zlib"
import { describe, expect, it } from "vitest"
import { isAdmitted } from "../../../src/protocol/classic/Admission.ts"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { damaged, frame } from "./bench.ts"
import { content, text } from "./exchange.ts"

const { ack, dat, fin, inf, kpa, nack } = Frame.Kind

describe("a connection", () => {
  it("begins with an INF with a correct CRC or a KPA and with no other datagram", () => {
    const admitted = [frame(inf, 0, 1, text("T")), frame(kpa, 0, 0)]
    const others = [
      damaged(frame(inf, 0, 1, text("T"))),
      frame(dat, 1, 1),
      frame(fin, 0, 0),
      frame(ack, 0, 0),
      frame(nack, 0, 0),
      content(5),
      content(13)
    ]
    expect(admitted.map((bytes) => isAdmitted(bytes, crc32))).toEqual([true, true])
    expect(others.map((bytes) => isAdmitted(bytes, crc32))).toEqual(others.map(() => false))
  })
})
