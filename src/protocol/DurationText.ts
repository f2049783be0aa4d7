/** Durations as people write them: `60` (seconds), `60s`, `500ms`, `5m`, `1h`, `7d`. */

const unitMillis: Readonly<Record<string, number>> = {
  "": 1000,
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000
}

/** Milliseconds of a duration; undefined for a text that is none. */
export const millisOf = (text: string): number | undefined => {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|min|h|d|)$/.exec(text.trim())
  const unit = unitMillis[match?.[2] ?? ""]
  return match?.[1] === undefined || unit === undefined ? undefined : Math.round(Number(match[1]) * unit)
}
