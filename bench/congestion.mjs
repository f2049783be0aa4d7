// Measures the congestion controllers of flock in a simulated bottleneck; docs/PERFORMANCE.md explains the results.
//
//   npm run bench:congestion
import { pathToFileURL } from "node:url"
import { bundle } from "../test/simulation/bundle.mjs"

await import(pathToFileURL(await bundle("test/simulation/bottleneck/main.ts")).href)
