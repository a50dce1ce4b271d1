import { startPostgres } from '../../support/postgres.ts';
import { load, type Reading } from '../load.ts';
import { whoami } from '../requests.ts';
import { inTurn } from '../tokens.ts';
import type { Figure, Measuring } from './workload.ts';

/** Calls of each instance before anything is counted. */
const WARM_UP = 10_000;
/** Clients that call in turn. Each calls so often that the instances add up its calls, and not so often as to be refused. */
const CLIENTS = 1000;
const CALLS_PER_MINUTE = '300';
const SECONDS = 10;
/** How many instances are reckoned with. */
const MODELLED = 10;

/** How PostgreSQL knows the statements of the app that are asked under load. */
const STATEMENTS = {
  write: { name: 'write calls', pattern: 'with inserted as%' },
  read: { name: 'read revocations', pattern: 'select%from "denials"%' },
  limits: { name: 'add up limits', pattern: 'insert into limit_counts%' },
} as const;

/** Statements in {@link SECONDS}, and milliseconds that PostgreSQL took for all of them. */
type Cost = { name: string; count: number; totalMs: number };

/** What two instances ask of one PostgreSQL under load, and what ten would ask, reckoned from that. */
export const instances: Measuring = {
  name: 'instances',
  async measure(stage) {
    const postgres = await startPostgres(['pg_stat_statements']);
    const database = await postgres.createDatabase();
    const ask = async (text: string) => (await postgres.query(database, text))[0] ?? {};
    const costOf = async ({ name, pattern }: { name: string; pattern: string }): Promise<Cost> => {
      const { count, total } = await ask(
        `select sum(calls) as count, sum(total_exec_time) as total
         from pg_stat_statements where query ilike '${pattern}'`,
      );
      if (count === null) throw new Error(`PostgreSQL was not asked to ${name}`);
      return { name, count: Number(count), totalMs: Number(total) };
    };
    const recorded = async () => Number((await ask('select count(*) as calls from activity')).calls);
    await ask('create extension pg_stat_statements');

    const env = { DATABASE_URL: database, MCP_CALLS_PER_MINUTE: CALLS_PER_MINUTE };
    const apps = [await stage.launchApp('instance-1', env), await stage.launchApp('instance-2', env)];
    try {
      for (const app of apps) await app.until('/health/ready');
      const token = inTurn(await stage.tokens(CLIENTS));
      const calls = apps.map((app) => whoami('instances', app, { token }));
      const under = (which: typeof calls) =>
        Promise.all(which.map((call) => load(call, { seconds: SECONDS })));
      for (const call of calls) await load(call, { requests: WARM_UP });
      const [alone] = await under(calls.slice(0, 1));
      const before = await recorded();
      await ask('select pg_stat_statements_reset()');
      const together = await under(calls);
      const write = await costOf(STATEMENTS.write);
      const others = [await costOf(STATEMENTS.read), await costOf(STATEMENTS.limits)];
      const written = (await recorded()) - before;
      const { bytes } = await ask(`select pg_total_relation_size('activity') as bytes`);
      return [
        ...rates(alone, together),
        ...[write, ...others].flatMap(figuresOf),
        { name: 'a recorded call on disk', value: Number(bytes) / (before + written), unit: 'bytes' },
        ...modelled(alone?.perSecond ?? 0, write.totalMs / written, others),
      ];
    } finally {
      for (const app of apps) await app.stop();
      await postgres.close();
    }
  },
};

function rates(alone: Reading | undefined, together: readonly Reading[]): Figure[] {
  const sum = together.reduce((total, { perSecond }) => total + perSecond, 0);
  return [
    { name: 'one instance', value: alone?.perSecond ?? 0, unit: 'calls/s' },
    { name: 'two instances, on the same processors', value: sum, unit: 'calls/s' },
  ];
}

function figuresOf({ name, count, totalMs }: Cost): Figure[] {
  return [
    { name: `two instances ${name}`, value: count / SECONDS, unit: 'statements/s' },
    { name: `${name}, one statement`, value: totalMs / count, unit: 'ms' },
  ];
}

/**
 * @param rate - calls a second of one instance
 * @param writeMs - PostgreSQL's time for one recorded call
 * @param others - what two instances ask besides, however many calls there are
 */
function modelled(rate: number, writeMs: number, others: readonly Cost[]): Figure[] {
  const otherMs = others.reduce((total, { totalMs }) => total + totalMs, 0) / SECONDS / 2;
  const busy = (rate * writeMs + otherMs) / 1000;
  return [
    { name: 'to record one call, of PostgreSQL', value: writeMs, unit: 'ms' },
    { name: `${MODELLED} instances, processors of PostgreSQL`, value: MODELLED * busy, unit: '' },
    { name: 'instances that take one processor of PostgreSQL', value: 1 / busy, unit: '' },
  ];
}
