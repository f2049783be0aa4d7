/**
 * The page as one document: its script and its style stand in it, and the policy in its headers allows exactly these two, by their SHA-256
 * (Content Security Policy, level 3). So a text of a person can never run as a script, not even if the page put it into the document as it is.
 */

/** What the build makes of `src/page/`. */
export interface PageParts {
  readonly script: string
  readonly style: string
}

export interface Page {
  readonly html: string
  readonly headers: Readonly<Record<string, string>>
  /** The document in gzip, a third as long. It has no secret in it, so that its length tells nothing. */
  readonly gzip?: Uint8Array
}

/** The headers of every answer. Nothing may show the page in a frame, and no answer is read as another type than its own. */
export const commonHeaders = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-frame-options": "DENY",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
} as const

/** The document, and its headers. Throws if the script or the style would end in the middle of the document. */
export const pageOf = ({ script, style }: PageParts, sha256: (bytes: Uint8Array) => Uint8Array): Page => {
  if (/<\/script|<!--/i.test(script)) throw new Error("the script of the page has the end of a script in it")
  if (/<\/style/i.test(style)) throw new Error("the style of the page has the end of a style in it")
  const hash = (text: string) => `'sha256-${base64Of(sha256(new TextEncoder().encode(text)))}'`
  return {
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Holub</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="page"></div>
<noscript>This page needs JavaScript. Without it: holub join HOST/ROOM in a terminal.</noscript>
<script>${script}</script>
</body>
</html>
`,
    headers: {
      ...commonHeaders,
      "content-security-policy": [
        "default-src 'none'",
        `script-src ${hash(script)}`,
        `style-src ${hash(style)}`,
        "img-src data:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'"
      ].join("; "),
      "cache-control": "no-store"
    }
  }
}

const base64Of = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))
