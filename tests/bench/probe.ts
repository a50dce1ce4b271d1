import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a server says of itself. `cpuMs` and `statements` count from its start, the delay from the sample before. */
export type Sample = {
  /** Milliseconds of user and system time, of all threads. */
  cpuMs: number;
  /** Statements sent to PostgreSQL; null for a process that does not use it. */
  statements: number | null;
  /** How late a timer fired, 99th percentile, milliseconds. */
  loopDelayP99Ms: number;
  /** Resident memory, MiB. */
  residentMiB: number;
  /** Objects on the heap, MiB; after a full collection when that was asked for. */
  heapMiB: number;
};

/** Milliseconds between two looks at the event loop: the delay of an idle process is this long. */
const RESOLUTION = 10;
const MIB = 2 ** 20;

const delays = monitorEventLoopDelay({ resolution: RESOLUTION });
delays.enable();

let statements: number | null = null;

// The app is given the same class: Next leaves this package out of its bundles.
if (process.env.DATABASE_URL?.startsWith('postgres')) {
  const { default: pg } = await import('pg');
  let sent = 0;
  statements = sent;
  const query = pg.Client.prototype.query as (...args: unknown[]) => unknown;
  pg.Client.prototype.query = function counted(this: unknown, ...args: unknown[]) {
    statements = ++sent;
    return query.apply(this, args);
  } as typeof pg.Client.prototype.query;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

process.on('message', ({ collected }: { collected: boolean }) => {
  if (collected) collect();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const sample: Sample = {
    cpuMs: (user + system) / 1000,
    statements,
    loopDelayP99Ms: Math.max(0, delays.percentile(99) / 1e6 - RESOLUTION),
    residentMiB: rss / MIB,
    heapMiB: heapUsed / MIB,
  };
  delays.reset();
  process.send?.(sample);
});
// Whoever measures is gone: nobody else would end this process.
process.on('disconnect', () => process.exit());
process.channel?.unref();
