import { describe, expect, it } from "vitest"
import * as InboxQuota from "../../src/storage/InboxQuota.ts"

describe("InboxQuota", () => {
  it("accepts what fits in the quota, reserved bytes included", () => {
    const quota = InboxQuota.make(100)
    quota.setStored(40)
    expect([quota.reserve(50), quota.reserve(20), quota.reserve(10), quota.reserve(1)]).toEqual([
      true,
      false,
      true,
      false
    ])
  })

  it("tells whether a file would fit, without reserving anything", () => {
    const quota = InboxQuota.make(100)
    quota.reserve(40)
    expect([quota.fits(61), quota.fits(60), quota.fits(60), quota.reserve(60)]).toEqual([false, true, true, true])
  })

  it("can reserve again the bytes that a failed file released", () => {
    const quota = InboxQuota.make(100)
    quota.reserve(80)
    quota.release(80)
    expect(quota.reserve(100)).toBe(true)
  })

  it("counts a published file once", () => {
    const quota = InboxQuota.make(100)
    quota.reserve(60)
    quota.release(60)
    quota.addStored(60)
    expect([quota.reserve(41), quota.reserve(40)]).toEqual([false, true])
  })

  it("is unbounded without a quota", () => {
    expect(InboxQuota.make().reserve(Number.MAX_SAFE_INTEGER)).toBe(true)
  })

  it("reports the bytes in use when it refuses a file", () => {
    const quota = InboxQuota.make(100)
    quota.setStored(90)
    expect(quota.overQuota("a.bin")).toMatchObject({
      reason: "OverQuota",
      message: expect.stringContaining("100 bytes, of which 90")
    })
  })
})
