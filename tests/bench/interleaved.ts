import { load, type Reading, type Variant } from './load.ts';

/** The medians of a variant's rounds, and how far apart the middle half of the rates is, relative to the median. */
export type Measurement = { variant: string; median: Reading; spread: number; rounds: Reading[] };

/** The value at a share of the sorted values: 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/**
 * Warms each variant up until it gets no faster, then measures them in turn, several rounds: what slows the machine
 * down for a while slows all of them.
 *
 * @param rounds - how often each is measured
 * @param seconds - how long each time
 */
export async function interleaved(
  variants: readonly Variant[],
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<Measurement[]> {
  for (const variant of variants) await warm(variant, seconds);
  const readings = variants.map((): Reading[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [index, variant] of variants.entries())
      readings[index]?.push(await load(variant, { seconds }));
  return variants.map(({ name }, index) => measurement(name, readings[index] ?? []));
}

async function warm(variant: Variant, seconds: number): Promise<void> {
  let best = 0;
  for (let attempt = 0; attempt < 10; attempt++) {
    const { perSecond } = await load(variant, { seconds });
    if (attempt > 0 && perSecond < best * 1.05) return;
    best = Math.max(best, perSecond);
  }
}

function measurement(variant: string, rounds: Reading[]): Measurement {
  const median = (key: keyof Reading) =>
    quantile(
      rounds.map((reading) => reading[key]),
      0.5,
    );
  const rates = rounds.map(({ perSecond }) => perSecond);
  return {
    variant,
    rounds,
    spread: (quantile(rates, 0.75) - quantile(rates, 0.25)) / median('perSecond'),
    median: {
      perSecond: median('perSecond'),
      cpuMs: median('cpuMs'),
      latencyP99Ms: median('latencyP99Ms'),
      loopDelayP99Ms: median('loopDelayP99Ms'),
      statements: median('statements'),
    },
  };
}
