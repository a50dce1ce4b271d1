import type { Variant } from '../load.ts';
import type { Stage } from '../stage.ts';

/** How much is measured. */
export type Scale = {
  /** Connections in the largest set of distinct ones. */
  connections: number;
  /** Rows of recorded activity behind the pages. */
  activity: number;
  /** Calls that memory is watched over. */
  calls: number;
  /** How often a start, or a page, is timed. */
  rounds: number;
};

/** Things that are put under load in turn and compared. */
export type Workload = {
  name: string;
  /** The first variant is what the others are compared with. */
  variants(stage: Stage, scale: Scale): Promise<Variant[]>;
};

/** One number that is not a rate. */
export type Figure = {
  name: string;
  value: number;
  /** The middle half of several measurements; `value` is their median. */
  between?: [number, number];
  unit: 'ms' | 'MiB' | 'KB' | 'bytes' | 'rows' | 'calls/s' | 'statements/s' | '×' | '';
};

/** Something that is measured in a way of its own. */
export type Measuring = { name: string; measure(stage: Stage, scale: Scale): Promise<Figure[]> };
