import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import { commonHeaders, pageOf } from "../../src/web/WebPage.ts"

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest()
const parts = { script: "const a = \"ž\"; // end", style: "body { color: red }" }
const policyOf = (headers: Readonly<Record<string, string>>): ReadonlyArray<string> =>
  headers["content-security-policy"]?.split("; ") ?? []

describe("the page", () => {
  it("allows its own script and style, by their hashes, and nothing else", () => {
    const { headers, html } = pageOf(parts, sha256)
    const policy = policyOf(headers)
    const between = (tag: string) => new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html)?.[1] ?? ""
    for (const [directive, tag] of [["script-src", "script"], ["style-src", "style"]] as const) {
      const digest = createHash("sha256").update(between(tag)).digest("base64")
      expect(policy).toContain(`${directive} 'sha256-${digest}'`)
    }
    expect(between("script")).toBe(parts.script)
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("connect-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("base-uri 'none'")
    expect(policy).toContain("form-action 'none'")
    expect(headers["content-security-policy"]).not.toMatch(/unsafe|\*|https?:/)
  })

  it("has the headers of every answer, but for its policy", () => {
    const { "content-security-policy": _, ...others } = commonHeaders
    expect(pageOf(parts, sha256).headers).toMatchObject(others)
    expect(others["x-content-type-options"]).toBe("nosniff")
  })

  it.each([
    { script: "\"</script >\"", style: "" },
    { script: "\"<!--\"", style: "" },
    { script: "", style: "</STYLE" }
  ])("is not made of parts that would end in the middle of it: %j", (broken) => {
    expect(() => pageOf(broken, sha256)).toThrow("end of a s")
  })
})
