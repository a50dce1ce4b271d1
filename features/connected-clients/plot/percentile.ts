import { LATENCY_STEPS_MS } from '#lib/connections/latency.ts';

/** Calls by the lower bound of their duration in milliseconds, in ascending order. */
export type Histogram = readonly (readonly [fromMs: number, calls: number])[];

/**
 * A percentile of durations in milliseconds, with two digits: within the step that has it, calls count as evenly spread.
 * Undefined without calls.
 *
 * @param share - 0 to 1
 */
export function percentile(histogram: Histogram, share: number): number | undefined {
  const total = histogram.reduce((sum, [, calls]) => sum + calls, 0);
  if (total === 0) return undefined;
  const rank = share * total;
  let below = 0;
  for (const [from, calls] of histogram) {
    if (calls > 0 && below + calls >= rank) {
      const to = LATENCY_STEPS_MS.find((step) => step > from) ?? from;
      return Number((from + ((to - from) * (rank - below)) / calls).toPrecision(2));
    }
    below += calls;
  }
  return undefined;
}

/** The end of an axis: the smallest of 1, 2, 5, 10, 20, 50 … that is at least `most`. */
export function axisEnd(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  return [1, 2, 5, 10].map((step) => step * power).find((end) => end >= most) ?? most;
}
