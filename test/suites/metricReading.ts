/** Reads the metrics of the process. */
import * as Metric from "effect/Metric"
import type * as MetricState from "effect/MetricState"

/** The current value of a metric: the sum over its tags, or of `tags` only. */
export const reading = (name: string, tags: Readonly<Record<string, string>> = {}): number =>
  Metric.unsafeSnapshot()
    .filter(({ metricKey }) => metricKey.name === name)
    .filter(({ metricKey }) =>
      Object.entries(tags).every(([key, value]) =>
        metricKey.tags.some((label) => label.key === key && label.value === value)
      )
    )
    .reduce((sum, { metricState }) => sum + numberOf(metricState), 0)

const numberOf = (state: MetricState.MetricState<unknown>): number => {
  if ("count" in state) return Number(state.count)
  return "value" in state ? Number(state.value) : NaN
}
