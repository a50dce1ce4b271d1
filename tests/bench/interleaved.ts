import { load, type Reading, type Variant } from './load.ts';

/** What the rounds of one variant say together. */
export type Measurement = {
  variant: string;
  /** How many times as fast the first variant answered, the median of the rounds. */
  firstIsFaster: number;
  /** The middle half of those ratios. */
  firstIsFasterBetween: [number, number];
  /** How many times the processor time of the first variant an answer took, the median of the rounds. */
  takesMore: number;
  median: Reading;
  /** How far apart the middle half of the rates is, relative to their median. */
  spread: number;
  rounds: Reading[];
};

/** A variant is warm after this many passes in which it did not get cheaper. */
const PASSES_ALIKE = 2;
const MOST_PASSES = 10;

/** The value at a share of the sorted values: 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/**
 * Warms the variants up, then measures them in turn, several rounds: what slows the machine down for a while slows all
 * of them.
 *
 * @param rounds - how often each is measured
 * @param seconds - how long each time
 */
export async function interleaved(
  variants: readonly Variant[],
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<Measurement[]> {
  await warm(variants, seconds);
  const readings = variants.map((): Reading[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [index, variant] of variants.entries())
      readings[index]?.push(await load(variant, { seconds }));
  return variants.map(({ name }, index) => measurement(name, readings[index] ?? [], readings[0] ?? []));
}

/**
 * Loads the variants in turn, each until its processor time for an answer has stopped falling: code that is still being
 * compiled takes twice as long and more.
 */
async function warm(variants: readonly Variant[], seconds: number): Promise<void> {
  let warming = variants.map((variant) => ({ variant, least: Number.POSITIVE_INFINITY, same: 0 }));
  for (let pass = 0; pass < MOST_PASSES && warming.length > 0; pass++) {
    for (const state of warming) {
      const { cpuMs } = await load(state.variant, { seconds });
      state.same = cpuMs > state.least * 0.95 ? state.same + 1 : 0;
      state.least = Math.min(state.least, cpuMs);
    }
    warming = warming.filter(({ same }) => same < PASSES_ALIKE);
  }
}

function measurement(variant: string, rounds: Reading[], first: readonly Reading[]): Measurement {
  const median = (key: keyof Reading) =>
    quantile(
      rounds.map((reading) => reading[key]),
      0.5,
    );
  // Round by round, because what slowed the machine down in one of them slowed down all variants.
  const ratios = (of: (reading: Reading, first: Reading) => number) =>
    rounds.map((reading, round) => of(reading, first[round] ?? reading));
  const faster = ratios((reading, { perSecond }) => perSecond / reading.perSecond);
  const rates = rounds.map(({ perSecond }) => perSecond);
  return {
    variant,
    rounds,
    firstIsFaster: quantile(faster, 0.5),
    firstIsFasterBetween: [quantile(faster, 0.25), quantile(faster, 0.75)],
    takesMore: quantile(
      ratios((reading, { cpuMs }) => reading.cpuMs / cpuMs),
      0.5,
    ),
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
