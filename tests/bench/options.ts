import { parseArgs } from 'node:util';
import type { Scale } from './workloads/workload.ts';

export type Options = {
  /** Names of what is measured; empty for everything. */
  only: readonly string[];
  /** Measure the build of the run before, if there is one. */
  keepBuild: boolean;
  rounds: number;
  /** Of load on one variant in one round. */
  seconds: number;
  scale: Scale;
};

const DEFAULTS = { rounds: 5, seconds: 1, connections: 10_000, activity: 1_000_000, calls: 20_000 };
const FULL = { rounds: 15, seconds: 2, connections: 100_000, activity: 1_000_000, calls: 200_000 };

/**
 * Reads the flags of `npm run bench`.
 *
 * @throws {TypeError} for a flag that there is not, or a number that is none
 */
export function readOptions(args: readonly string[], names: readonly string[]): Options {
  const number = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: '' },
      full: { type: 'boolean', default: false },
      'keep-build': { type: 'boolean', default: false },
      rounds: number,
      seconds: number,
      connections: number,
      activity: number,
      calls: number,
    },
  });
  const byDefault = values.full ? FULL : DEFAULTS;
  const count = (name: keyof typeof DEFAULTS) => {
    const value = Number(values[name] ?? byDefault[name]);
    if (!(value > 0)) throw new TypeError(`--${name} is not a number above zero`);
    return value;
  };
  const only = values.only.split(',').filter((name) => name !== '');
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new TypeError(`There is no ${unknown.join(', ')}: ${names.join(', ')}`);
  const rounds = count('rounds');
  return {
    only,
    keepBuild: values['keep-build'],
    rounds,
    seconds: count('seconds'),
    scale: {
      rounds,
      connections: count('connections'),
      activity: count('activity'),
      calls: count('calls'),
    },
  };
}
