// How the congestion controllers of flock do in a simulated bottleneck: docs/PERFORMANCE.md tells how to read it.
//
//   npm run bench:congestion
import { pathToFileURL } from "node:url"
import { bundle } from "../test/simulation/bundle.mjs"

await import(pathToFileURL(await bundle("test/simulation/bottleneck/main.ts")).href)
