import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../interleaved.ts';
import { whoami } from '../requests.ts';
import type { Stage } from '../stage.ts';
import type { Measuring } from './workload.ts';

/** Milliseconds between two attempts: what the measured time may be too long by. */
const TRY_EVERY = 5;
const DEADLINE = 60_000;

/** Milliseconds from starting the process to the first answered call. */
async function timeStart(stage: Stage, database: string): Promise<number> {
  const [token] = await stage.tokens(1);
  const startedAt = performance.now();
  const app = await stage.launchApp('start', { DATABASE_URL: database });
  const { path, body = '', headers, contains } = whoami('first call', app);
  const call = () =>
    fetch(`${app.url}${path}`, {
      method: 'POST',
      body,
      headers: { ...headers, authorization: `Bearer ${token}` },
    }).then(
      (response) => response.text(),
      () => '',
    );
  try {
    while (performance.now() - startedAt < DEADLINE) {
      if ((await call()).includes(contains)) return performance.now() - startedAt;
      await delay(TRY_EVERY);
    }
    throw new Error(`No call was answered ${DEADLINE} ms after the start`);
  } finally {
    await app.stop();
  }
}

async function median(times: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let time = 0; time < times; time++) values.push(await measure());
  return quantile(values, 0.5);
}

/** From `next start` to the first answered call, on a database that is new and on one that is there. */
export const start: Measuring = {
  name: 'start',
  async measure(stage, { rounds }) {
    const postgres = await stage.postgres();
    const kept = await postgres.createDatabase();
    const embedded = stage.pgliteDirectory();
    // Each of them once, so that the two that are there are there.
    await timeStart(stage, kept);
    await timeStart(stage, `pglite:${embedded}`);
    const times = {
      PostgreSQL: () => timeStart(stage, kept),
      'a new database of PostgreSQL': async () => timeStart(stage, await postgres.createDatabase()),
      PGlite: () => timeStart(stage, `pglite:${embedded}`),
      'a new directory of PGlite': () => timeStart(stage, `pglite:${stage.pgliteDirectory()}`),
    };
    const figures: Awaited<ReturnType<Measuring['measure']>> = [];
    for (const [name, measure] of Object.entries(times))
      figures.push({
        name: `first answered call, ${name}`,
        value: await median(rounds, measure),
        unit: 'ms',
      });
    return figures;
  },
};
