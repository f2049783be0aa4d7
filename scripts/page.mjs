// Bundles the page of `serve --web`: one script for browsers, and its style, which the server puts into one document.
import { build, transform } from "esbuild"
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"

const folder = fileURLToPath(new URL("../src/page/", import.meta.url))
const common = { minify: true, target: "es2022", legalComments: "none", logLevel: "warning" }

/** The parts of the page, and the metafile of its script. */
export const pageParts = async () => {
  const { metafile, outputFiles: [script] } = await build({
    ...common,
    entryPoints: [`${folder}Page.tsx`],
    bundle: true,
    write: false,
    metafile: true,
    format: "iife",
    platform: "browser",
    jsx: "automatic",
    jsxImportSource: "preact",
    // The program has one language of characters: the document is UTF-8.
    charset: "utf8"
  })
  const { code } = await transform(await readFile(`${folder}page.css`, "utf8"), { ...common, loader: "css" })
  return { script: script.text.trim(), style: code.trim(), metafile }
}
